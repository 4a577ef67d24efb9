import { HOUR_MS } from '@ebb/core';
import { type PoolClient, withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import type { RowSecret } from '../canonical/row-hash.ts';
import { BY_LEDGER_PATTERN } from '../repair/in-place.ts';
import type { CoverageStore } from '../store/coverage-store.ts';
import { compareRows, type Mismatch, stillMismatched } from './compare.ts';
import { CLICKHOUSE_SETTINGS, POSTGRES_SETTINGS, type Stores, WorkMeter } from './engines.ts';
import {
  aggregatorPositions,
  lowest,
  type Positions,
  positionsFromJson,
  positionsToJson,
  positionSql,
  sinkPositions,
} from './positions.ts';
import { ClickhouseSide, PostgresSide, quoteText, type RowSet } from './row-set.ts';
import { loadShape, type TableShape } from './table-shape.ts';
import { WEB_EVENTS } from './tables.ts';
import { chooseWork, type WorkUnit } from './work-plan.ts';

export interface CheckOutcome {
  readonly rows: number;
  readonly seconds: number;
  readonly confirmed: readonly Mismatch[];
  /** Changed between two looks: they come up again in the next cycle. */
  readonly unstable: number;
  readonly problems: readonly string[];
  readonly set: RowSet | null;
}

export interface WebCheckOptions {
  readonly topic: string;
  readonly budgetSeconds: number;
  /** Check every row, whatever it takes. */
  readonly isFull: boolean;
}

/** The events that arrived since the last cycle, whichever day they belong to. */
const NEW = 'new';
/** Work of both engines for a row, s. Not what the last check took: on a busy machine that is mostly waiting. */
const SECONDS_PER_ROW = 5e-6;
/** Further than a sink can be ahead of the position it has written down. */
const FAR_AHEAD = 10_000_000;
/** A day with more rows is checked by the hour. */
const ROWS_BY_HOUR = 1_000_000;

const POSITION = ['_partition', '_offset', '_kafka_time'];

/**
 * Raw web events of Postgres against those of ClickHouse. Both are made of the same topic, so rows below the position
 * that both have stored must be alike: nothing in flight can be taken for an error, and nothing has to be waited for.
 */
export class WebCheck {
  readonly #stores: Stores;
  readonly #coverage: CoverageStore;
  readonly #secret: RowSecret;

  constructor(stores: Stores, coverage: CoverageStore, secret: RowSecret) {
    this.#stores = stores;
    this.#coverage = coverage;
    this.#secret = secret;
  }

  async run(options: WebCheckOptions): Promise<CheckOutcome> {
    const shape = await this.shape();
    if (shape === null)
      return { ...NOTHING, problems: [`${WEB_EVENTS} cannot be compared: ClickHouse has no such table`] };
    await this.#stores.pool.query('SELECT ops.summarize_web_events()');
    const progress = await sinkPositions(this.#stores.clickhouse, [options.topic]);
    const sunk = progress.get(options.topic) ?? new Map<number, number>();
    return withTransaction(
      this.#stores.pool,
      async (client) => {
        await client.query(POSTGRES_SETTINGS);
        const stored = await aggregatorPositions(client, options.topic);
        return this.#compare({ client, shape, options, stored, sunk, boundary: lowest(stored, sunk) });
      },
      { isolation: 'repeatable read', readOnly: true },
    );
  }

  shape(): Promise<TableShape | null> {
    return loadShape(
      this.#stores,
      {
        schema: 'stream',
        table: 'web_events',
        clickhouseDatabase: 'raw',
        clickhouseTable: 'web_events',
        keys: ['source', 'day', 'user_key', 'event_id'],
        ignored: ['identity', '_processed_at'],
      },
      this.#secret,
    );
  }

  async #compare(context: Context): Promise<CheckOutcome> {
    const { client, shape, options } = context;
    const known = await this.#coverage.of(WEB_EVENTS);
    const days = await this.#days(client);
    const dropped = await droppedDays(client);
    const ranges = rangesOf(days, dropped);
    const units = ranges.map(({ range, rows, fingerprint }): WorkUnit => {
      const before = known.get(range);
      return {
        table: WEB_EVENTS,
        range,
        verifiedAtMs: before?.verifiedAtMs ?? null,
        seconds: rows * SECONDS_PER_ROW,
        state: stateOf(before?.fingerprint ?? null, fingerprint),
      };
    });
    const outcomes: CheckOutcome[] = [];
    const fresh = await this.#newRows(client, context, positionsFromJson(known.get(NEW)?.boundary));
    if (fresh !== null) outcomes.push(await this.#unit(context, { range: NEW, set: fresh, fingerprint: null }));
    else await this.#record(context, NEW, null);
    const spent = outcomes.reduce((sum, { rows }) => sum + rows * SECONDS_PER_ROW, 0);
    const chosen = options.isFull ? units : chooseWork(units, options.budgetSeconds - spent);
    const skipped = dropped.length === 0 ? '' : ` AND day NOT IN (${dropped.map(quoteText).join(', ')})`;
    for (const { range } of chosen) {
      const set = daySet(shape, range, context, skipped);
      const fingerprint = ranges.find((one) => one.range === range)?.fingerprint ?? null;
      outcomes.push(await this.#unit(context, { range, set, fingerprint }));
    }
    await this.#coverage.keepOnly(WEB_EVENTS, [NEW, ...ranges.map(({ range }) => range)]);
    return { ...merge(outcomes), set: webSet(shape) };
  }

  async #unit(
    context: Context,
    { range, set, fingerprint }: { range: string; set: RowSet; fingerprint: string | null },
  ): Promise<CheckOutcome> {
    const meter = new WorkMeter();
    const clickhouse = new ClickhouseSide(this.#stores.clickhouse, meter);
    const compared = await compareRows(set, { postgres: new PostgresSide(context.client, meter), clickhouse });
    const isEqual = compared.mismatches.length === 0;
    const second = isEqual
      ? { confirmed: [], unstable: [] }
      : await stillMismatched(
          set,
          { postgres: new PostgresSide(this.#stores.pool, meter), clickhouse },
          compared.mismatches,
        );
    await this.#coverage.record({
      table: WEB_EVENTS,
      range,
      totals: compared.totals,
      boundary: positionsToJson(context.boundary),
      fingerprint,
      isVerified: isEqual,
      seconds: meter.seconds,
    });
    return {
      rows: compared.totals.rows,
      seconds: meter.seconds,
      confirmed: second.confirmed,
      unstable: second.unstable.length,
      problems: compared.isPartial ? [`${WEB_EVENTS} ${range}: more differs than is looked at in one cycle`] : [],
      set,
    };
  }

  /** The first cycle, and one in which nothing came: the boundary is written down all the same. */
  async #record({ boundary }: Context, range: string, fingerprint: string | null): Promise<void> {
    const totals = { rows: 0, checksum: 0n };
    const stand = positionsToJson(boundary);
    await this.#coverage.record({
      table: WEB_EVENTS,
      range,
      totals,
      boundary: stand,
      fingerprint,
      isVerified: true,
      seconds: 0,
    });
  }

  /** Rows between the last boundary and this one; null where there are none, or no boundary yet. */
  async #newRows(client: PoolClient, { shape, boundary, options }: Context, before: Positions): Promise<RowSet | null> {
    const moved = [...boundary].filter(([partition, offset]) => offset > (before.get(partition) ?? offset));
    if (moved.length === 0) return null;
    const { rows } = await client.query<{ first: Date | null; last: Date | null }>(
      `SELECT min(b.first_kafka_time) AS first, max(b.last_kafka_time) AS last
       FROM ops.batch_ledger b JOIN unnest($2::integer[], $3::bigint[], $4::bigint[]) m (partition, was, now)
         ON b.topic = $1 AND b.partition = m.partition AND b.to_offset > m.was AND b.from_offset < m.now`,
      [
        options.topic,
        moved.map(([partition]) => partition),
        moved.map(([partition]) => before.get(partition) ?? 0),
        moved.map(([, offset]) => offset),
      ],
    );
    const [first, last] = [rows[0]?.first, rows[0]?.last];
    if (!first || !last) return null;
    const positions = `_offset >= ${positionSql(before)} AND _offset < ${positionSql(boundary, '0')}`;
    return {
      ...webSet(shape),
      postgresWhere: `_kafka_time >= ${timeText(first)}::timestamptz AND _kafka_time <= ${timeText(last)}::timestamptz AND ${positions}`,
      clickhouseWhere: `_kafka_time >= toDateTime64(${timeText(first)}, 3, 'UTC')
        AND _kafka_time <= toDateTime64(${timeText(last)}, 3, 'UTC') AND ${positions}`,
    };
  }

  async #days(client: PoolClient): Promise<DayState[]> {
    const { rows } = await client.query<{ day: string; rows: string; changes: string; changed: string }>(
      `SELECT to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') AS day,
         greatest(c.reltuples, s.n_live_tup, 0)::bigint AS rows, s.n_tup_ins AS changes,
         s.n_tup_upd + s.n_tup_del AS changed
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
       WHERE i.inhparent = 'stream.web_events'::regclass`,
    );
    const warehouse = await this.#stores.clickhouse.query<{ day: string; rows: string }>(
      'SELECT toString(day) AS day, count() AS rows FROM raw.web_events GROUP BY day',
      {},
      { settings: CLICKHOUSE_SETTINGS },
    );
    const mutations = await this.#stores.clickhouse.query<{ mutations: string }>(
      `SELECT count() AS mutations FROM system.mutations WHERE database = 'raw' AND table = 'web_events'
         AND command NOT LIKE '${BY_LEDGER_PATTERN}'`,
    );
    const days = new Map<string, DayState>();
    const signs = mutations[0]?.mutations ?? '0';
    for (const { day, rows: count, changes, changed } of rows) {
      days.set(day, { day, rows: Number(count), added: `${changes}/0`, changed: `${changed}/${signs}` });
    }
    for (const { day, rows: count } of warehouse) {
      const known = days.get(day) ?? { day, rows: 0, added: '0/0', changed: `0/${signs}` };
      days.set(day, { ...known, rows: Math.max(known.rows, Number(count)), added: known.added.replace(/\d+$/, count) });
    }
    return [...days.values()].filter(({ rows: count, added }) => count > 0 || added !== '0/0');
  }
}

interface Context {
  readonly client: PoolClient;
  readonly shape: TableShape;
  readonly options: WebCheckOptions;
  readonly stored: Positions;
  readonly sunk: Positions;
  readonly boundary: Positions;
}

interface DayState {
  readonly day: string;
  readonly rows: number;
  /** Rows added to it in Postgres and held by ClickHouse. */
  readonly added: string;
  /** Changes that never happen by themselves: updates and deletes in Postgres, mutations in ClickHouse. */
  readonly changed: string;
}

interface DayRange {
  readonly range: string;
  readonly rows: number;
  readonly fingerprint: string;
}

const NOTHING: CheckOutcome = { rows: 0, seconds: 0, confirmed: [], unstable: 0, problems: [], set: null };

function rangesOf(days: readonly DayState[], dropped: readonly string[]): DayRange[] {
  return days
    .filter(({ day }) => !dropped.includes(day))
    .flatMap(({ day, rows, added, changed }) => {
      const fingerprint = `${changed}|${added}`;
      if (rows <= ROWS_BY_HOUR) return [{ range: day, rows, fingerprint }];
      return Array.from({ length: 24 }, (_, hour) => ({
        range: `${day}T${String(hour).padStart(2, '0')}`,
        rows: rows / 24,
        fingerprint,
      }));
    });
}

function stateOf(before: string | null, now: string): WorkUnit['state'] {
  if (before === now) return 'quiet';
  if (before === null) return 'changed';
  return before.split('|')[0] === now.split('|')[0] ? 'changed' : 'suspicious';
}

/** All rows; for looking at single keys. */
export function webSet(shape: TableShape): RowSet {
  return {
    shape,
    postgresWhere: 'true',
    clickhouseFrom: 'raw.web_events FINAL',
    clickhouseWhere: '1',
    postgresPosition: POSITION,
    clickhousePosition: POSITION,
  };
}

/** A day, or an hour of it, below the boundary; and whatever claims a position that its engine has not come to yet. */
function daySet(shape: TableShape, range: string, { boundary, stored, sunk }: Context, skipped: string): RowSet {
  const [day = '', hour] = range.split('T');
  const below = `_offset < ${positionSql(boundary)}`;
  const isDay = `day = ${quoteText(day)}`;
  const start = Date.parse(`${day}T${hour ?? '00'}:00:00Z`);
  const [from, to] = [timeText(new Date(start)), timeText(new Date(start + HOUR_MS))];
  const inPostgres =
    hour === undefined ? '' : ` AND event_time >= ${from}::timestamptz AND event_time < ${to}::timestamptz`;
  const inClickhouse =
    hour === undefined
      ? ''
      : ` AND event_time >= toDateTime64(${from}, 6, 'UTC') AND event_time < toDateTime64(${to}, 6, 'UTC')`;
  const ahead = new Map([...sunk].map(([partition, offset]) => [partition, offset + FAR_AHEAD]));
  return {
    ...webSet(shape),
    postgresWhere: `${isDay}::date${inPostgres} AND (${below} OR _offset >= ${positionSql(stored)})`,
    clickhouseWhere: `day = toDate32(${quoteText(day)})${inClickhouse} AND (${below} OR _offset >= ${positionSql(ahead)})${skipped}`,
  };
}

/** Without a zone: both engines are told that it is UTC. */
function timeText(time: Date): string {
  return quoteText(time.toISOString().replace('T', ' ').replace('Z', ''));
}

async function droppedDays(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query('SELECT DISTINCT day::text AS day FROM stream.dropped_days');
  return rows.map((row) => z.object({ day: z.string() }).parse(row).day);
}

export function merge(outcomes: readonly CheckOutcome[]): CheckOutcome {
  return outcomes.reduce(
    (all, one) => ({
      rows: all.rows + one.rows,
      seconds: all.seconds + one.seconds,
      confirmed: [...all.confirmed, ...one.confirmed],
      unstable: all.unstable + one.unstable,
      problems: [...all.problems, ...one.problems],
      set: all.set ?? one.set,
    }),
    NOTHING,
  );
}
