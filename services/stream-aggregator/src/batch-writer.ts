import { EbbError, isEbbError } from '@ebb/core';
import type { Client } from '@ebb/postgres';
import { type Account, accountFor } from './accounts.ts';
import { type BusinessCalendar, minutesOf } from './business-calendar.ts';
import { dayNumber } from './days.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import type { AggregatorErrorCode } from './errors.ts';
import { KpiStore } from './kpi-store.ts';
import { dayLocks, ORDERS_LOCK } from './locks.ts';
import type { MemberCache, MemberRequests } from './member-cache.ts';
import { MembersStore } from './members-store.ts';
import { OffsetsStore } from './offsets-store.ts';
import { orderWindows, touchedMinutes } from './orders.ts';
import { type AppliedEvents, OrdersStore } from './orders-store.ts';
import { PartitionsStore } from './partitions-store.ts';
import { RawStore } from './raw-store.ts';
import type { Batch, PartitionId, PurchaseRow, WebRow } from './types.ts';
import { WebWindows } from './windows.ts';

export interface WriteOutcome {
  /** Web events that were stored before; they count for nothing. */
  readonly repeatedWeb: number;
  readonly changedOrders: number;
}

/** Stores batches, each in one transaction with the positions it moves. One writer per connection. */
export class BatchWriter {
  readonly #calendar: BusinessCalendar;
  readonly #cache: MemberCache;
  readonly #partitions = new PartitionsStore();
  readonly #raw = new RawStore();
  readonly #members = new MembersStore();
  readonly #kpis = new KpiStore();
  readonly #orders = new OrdersStore();
  readonly #deadLetters = new DeadLetterStore();
  readonly #offsets = new OffsetsStore();

  constructor(calendar: BusinessCalendar, cache: MemberCache) {
    this.#calendar = calendar;
    this.#cache = cache;
  }

  /**
   * All or nothing. Raises STALE_OFFSETS when a partition does not stand where the batch starts (another instance has
   * it, or a commit arrived that was taken for lost) and STALE_GENERATION when the KPIs were rebuilt since `generation`.
   */
  async write(client: Client, batch: Batch, generation: string): Promise<WriteOutcome> {
    try {
      await this.#prepareDays(client, batch.web);
      return await this.#store(client, batch, generation).catch(async (error: unknown) => {
        if (!isEbbError(error, 'REPEATED_EVENTS')) throw error;
        await client.query('ROLLBACK');
        return this.#store(client, batch, generation);
      });
    } catch (error) {
      this.forget();
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    }
  }

  async #store(client: Client, batch: Batch, generation: string): Promise<WriteOutcome> {
    await client.query('BEGIN');
    const web = await this.#writeWeb(client, batch.web);
    const { added: purchases, changes } = await this.#writeOrders(client, batch.purchases);
    await this.#deadLetters.insert(client, batch.deadLetters);
    await this.#offsets.tally(client, batch.receipts, partOf(batch.moves));
    await this.#moveOffsets(client, accountFor(batch, { web, purchases }), generation);
    await client.query('COMMIT');
    return { repeatedWeb: batch.web.length - web.length, changedOrders: changes.length };
  }

  get cachedUsers(): number {
    return this.#cache.size;
  }

  /** What was remembered of the tables may no longer be so. */
  forget(): void {
    this.#cache.clear();
    this.#partitions.forget();
  }

  async #prepareDays(client: Client, rows: readonly WebRow[]): Promise<void> {
    if (rows.length === 0) return;
    const minutes = minutesOf(rows.map((row) => row.event.eventTimeMs));
    await this.#calendar.prepare(client, minutes);
    const days = new Set<number>();
    // A minute is counted in its UTC day, its users also in the business day.
    for (const minute of minutes) days.add(Math.floor(minute / 1440)).add(this.#calendar.dayOf(minute));
    await this.#partitions.ensure(client, days);
  }

  /** The rows that were not stored before. */
  async #writeWeb(client: Client, sent: readonly WebRow[]): Promise<readonly WebRow[]> {
    if (sent.length === 0) return [];
    const days = new Set(sent.map((row) => dayNumber(row.event.eventTimeMs)));
    const rows = await this.#raw.insert(client, sent, dayLocks([...days]));
    const windows = new WebWindows();
    const requests: MemberRequests = { members: [], sessions: [] };
    for (const row of rows) {
      windows.add(row, this.#calendar.dayOf);
      this.#cache.note(row, this.#calendar.dayOf, requests);
    }
    await this.#members.count(client, requests, windows);
    await this.#kpis.addWeb(client, partOf(sent), windows.all());
    return rows;
  }

  async #writeOrders(client: Client, rows: readonly PurchaseRow[]): Promise<AppliedEvents> {
    if (rows.length === 0) return { added: [], changes: [] };
    const { added, changes } = await this.#orders.apply(client, rows, [ORDERS_LOCK]);
    await this.#calendar.prepare(client, touchedMinutes(changes));
    await this.#kpis.addOrders(client, partOf(rows), orderWindows(changes, this.#calendar.dayOf));
    return { added, changes };
  }

  async #moveOffsets(client: Client, accounts: readonly Account[], generation: string): Promise<void> {
    const outcome = await this.#offsets.move(client, accounts);
    if (!outcome.isCurrent) {
      throw new EbbError<AggregatorErrorCode>(
        'STALE_OFFSETS',
        'a partition of the batch is not where the batch starts',
      );
    }
    if (outcome.generation !== generation) {
      throw new EbbError<AggregatorErrorCode>('STALE_GENERATION', `KPIs were rebuilt, now ${outcome.generation}`);
    }
  }
}

/** Which part of a window a batch adds to. Batches under way at the same time have no partition in common. */
function partOf(rows: readonly Pick<PartitionId, 'partition'>[]): number {
  return rows.reduce((least, row) => Math.min(least, row.partition), Number.MAX_SAFE_INTEGER);
}
