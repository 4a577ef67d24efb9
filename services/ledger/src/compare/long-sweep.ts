import type { Clickhouse } from '@ebb/clickhouse';
import { z } from 'zod';
import { CLICKHOUSE_SETTINGS, type Queryable, WorkMeter } from './engines.ts';
import type { Positions } from './positions.ts';
import { add, ClickhouseSide, EMPTY_TOTALS, isSameTotals, PostgresSide, type RowSet, type Totals } from './row-set.ts';
import type { DayRange, SweepSizes } from './web-days.ts';

export interface PartCounts {
  readonly postgres: number;
  readonly clickhouse: number;
}

/** ClickHouse keeps no order by time: each of its parts reads the whole day of some customers. */
export function partCounts({ rows, dayRows }: DayRange, sizes: SweepSizes): PartCounts {
  return {
    postgres: Math.ceil(rows / sizes.partRows),
    clickhouse: Math.ceil(dayRows / sizes.dayRowsPerPart),
  };
}

const keyRow = z.object({ user_key: z.string() });

/** Keys that cut a day's rows in ClickHouse into about so many parts, by the marks of its primary index. */
export async function keyCuts(clickhouse: Clickhouse, day: string, parts: number): Promise<string[]> {
  const rows = await clickhouse.query(
    `SELECT user_key FROM mergeTreeIndex('raw', 'web_events') WHERE day = toDate32({day:String}) ORDER BY user_key`,
    { day },
    { settings: CLICKHOUSE_SETTINGS },
  );
  const marks = rows.map((row) => keyRow.parse(row).user_key);
  const cuts = Array.from({ length: parts - 1 }, (_, index) => marks[Math.floor((marks.length * (index + 1)) / parts)]);
  return [...new Set(cuts.filter((cut) => cut !== undefined))];
}

/** Where a sweep stands that takes many cycles. Rows below its boundary never change, so parts of several times add up. */
export class LongSweep {
  readonly range: DayRange;
  readonly boundary: Positions;
  readonly set: RowSet;
  readonly #left: { readonly side: 'postgres' | 'clickhouse'; readonly where: string }[];
  #totals: Record<'postgres' | 'clickhouse', Totals> = { postgres: EMPTY_TOTALS, clickhouse: EMPTY_TOTALS };
  #seconds = 0;

  constructor(range: DayRange, boundary: Positions, set: RowSet) {
    this.range = range;
    this.boundary = boundary;
    this.set = set;
    const {
      postgresWhere,
      postgresParts = [postgresWhere],
      clickhouseWhere,
      clickhouseParts = [clickhouseWhere],
    } = set;
    this.#left = [
      ...postgresParts.map((where) => ({ side: 'postgres' as const, where })),
      ...clickhouseParts.map((where) => ({ side: 'clickhouse' as const, where })),
    ];
  }

  get isDone(): boolean {
    return this.#left.length === 0;
  }

  get isEqual(): boolean {
    return isSameTotals(this.#totals.postgres, this.#totals.clickhouse);
  }

  get totals(): Totals {
    return this.#totals.postgres;
  }

  /** Work of the engines so far, s. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Takes parts until the budget is used up, at least one. Returns what they took, s. */
  async advance(client: Queryable, clickhouse: Clickhouse, budgetSeconds: number): Promise<number> {
    const meter = new WorkMeter();
    const sides = { postgres: new PostgresSide(client, meter), clickhouse: new ClickhouseSide(clickhouse, meter) };
    const { postgresParts: _p, clickhouseParts: _c, ...whole } = this.set;
    do {
      const next = this.#left[0];
      if (next === undefined) break;
      const part = { ...whole, postgresWhere: next.where, clickhouseWhere: next.where };
      this.#totals[next.side] = add(this.#totals[next.side], await sides[next.side].totals(part));
      this.#left.shift();
    } while (meter.seconds < budgetSeconds);
    this.#seconds += meter.seconds;
    return meter.seconds;
  }
}
