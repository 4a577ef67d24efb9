import type { Clock } from '@ebb/core';
import { type Pool, withTransaction } from '@ebb/postgres';
import type { LiveSnapshot } from '../api/live-schema.ts';
import { defaultSource, readSources, readTimezone } from '../queries/options.ts';
import { defaultCurrency, readOrderMinutes, readOrderTotals, readProcessTime } from '../queries/order-kpis.ts';
import { type Pulse, readPulse } from '../queries/pulse.ts';
import type { Queryable } from '../queries/rows.ts';
import { readWebMinutes, readWebTotals } from '../queries/web-kpis.ts';
import { readWindow, windowRange } from '../queries/window-kpis.ts';
import { businessDay, businessDayRange } from '../time/business-day.ts';
import { serverTime } from '../time/server-time.ts';
import type { Choice, Selection } from './selection.ts';

/** Where live figures come from. */
export interface LiveReader {
  select(choice: Choice): Promise<Selection>;
  readPulse(selection: Selection): Promise<Pulse>;
  readSnapshot(selection: Selection): Promise<{ snapshot: LiveSnapshot; pulse: Pulse }>;
}

const LAST_MINUTES = 15;

export class PostgresLiveReader implements LiveReader {
  readonly #pool: Pool;
  readonly #clock: Clock;
  #timezone: string | null = null;

  constructor(pool: Pool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  async timezone(): Promise<string> {
    return (this.#timezone ??= await readTimezone(this.#pool));
  }

  async today(): Promise<string> {
    return businessDay(this.#clock.nowMs(), await this.timezone());
  }

  async select(choice: Choice): Promise<Selection> {
    const today = await this.today();
    const date = choice.date ?? today;
    const source = choice.source ?? defaultSource(await readSources(this.#pool));
    const currency = choice.currency ?? (await defaultCurrency(this.#pool, source, date));
    return { source, currency, date, isToday: date === today };
  }

  async readPulse(selection: Selection): Promise<Pulse> {
    return readPulse(this.#pool, selection);
  }

  /** All figures as of one moment of the database, so that tiles and minutes agree. */
  async readSnapshot(selection: Selection): Promise<{ snapshot: LiveSnapshot; pulse: Pulse }> {
    const timezone = await this.timezone();
    const day = businessDayRange(selection.date, timezone);
    const range = { from: new Date(day.startMs), to: new Date(day.endMs) };
    return withTransaction(
      this.#pool,
      async (db) => {
        const pulse = await readPulse(db, selection);
        const figures = await this.#readFigures(db, selection, range);
        const snapshot: LiveSnapshot = {
          ...selection,
          timezone,
          dayStart: range.from.toISOString(),
          dayEnd: range.to.toISOString(),
          serverTime: serverTime(this.#clock),
          ...figures,
          freshness: pulse.freshness,
        };
        return { snapshot, pulse };
      },
      { isolation: 'repeatable read', readOnly: true },
    );
  }

  async #readFigures(
    db: Queryable,
    selection: Selection,
    range: { from: Date; to: Date },
  ): Promise<Pick<LiveSnapshot, 'web' | 'orders' | 'webMinutes' | 'orderMinutes' | 'lastMinutes'>> {
    const webMinutes = await readWebMinutes(db, selection.source, range);
    const web = await readWebTotals(db, selection, webMinutes.minute.length);
    const orderMinutes = await readOrderMinutes(db, selection, range);
    const orders = {
      ...(await readOrderTotals(db, selection)),
      processMs: await readProcessTime(db, range),
    };
    const lastMinutes = selection.isToday
      ? await readWindow(db, selection, windowRange(this.#clock.nowMs(), LAST_MINUTES))
      : null;
    return { web, orders, webMinutes, orderMinutes, lastMinutes };
  }
}
