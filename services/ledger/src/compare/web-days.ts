import type { Clickhouse } from '@ebb/clickhouse';
import { z } from 'zod';
import { BY_LEDGER_PATTERN } from '../repair/in-place.ts';
import { CLICKHOUSE_SETTINGS, type Queryable } from './engines.ts';
import type { WorkUnit } from './work-plan.ts';

export interface DayState {
  readonly day: string;
  readonly rows: number;
  /** By the hour they arrived in, where that is an hour of the day itself. */
  readonly arrivals: ReadonlyMap<number, number>;
  /** Rows added to it in Postgres and held by ClickHouse. */
  readonly added: string;
  /** Changes that never happen by themselves: updates and deletes in Postgres, mutations in ClickHouse. */
  readonly changed: string;
}

export interface DayRange {
  /** `2026-11-22`, or an hour of it: `2026-11-22T07`. */
  readonly range: string;
  /** An estimate. */
  readonly rows: number;
  readonly dayRows: number;
  readonly fingerprint: string;
}

/** How much is compared at once, rows. */
export interface SweepSizes {
  /** A day with more is compared by the hour. */
  readonly dayRows: number;
  /** An hour with more is compared part by part. */
  readonly hourRows: number;
  /** Of such an hour that a statement is about, and of its day where it has to be read for it. */
  readonly partRows: number;
  readonly dayRowsPerPart: number;
}

export const SWEEP_SIZES: SweepSizes = {
  dayRows: 1_000_000,
  hourRows: 1_500_000,
  partRows: 1_000_000,
  dayRowsPerPart: 4_000_000,
};

const dayRow = z.object({
  day: z.string(),
  rows: z.coerce.number(),
  changes: z.string(),
  changed: z.string(),
});
const arrivalRow = z.object({ day: z.string(), hour: z.number(), rows: z.coerce.number() });
const countRow = z.object({ day: z.string(), rows: z.coerce.number() });
const mutationsRow = z.object({ mutations: z.coerce.string() });

/** The days that either engine has events of, with what tells whether they changed. */
export async function webDays(client: Queryable, clickhouse: Clickhouse, topic: string): Promise<DayState[]> {
  const postgres = await postgresDays(client);
  const arrivals = await arrivalsByDay(client, topic);
  const settings = CLICKHOUSE_SETTINGS;
  const counts = await clickhouse.query(
    'SELECT toString(day) AS day, count() AS rows FROM raw.web_events GROUP BY day',
    {},
    { settings },
  );
  const warehouse = new Map(counts.map((row) => countRow.parse(row)).map(({ day, rows }) => [day, rows]));
  const mutations = await mutationsOf(clickhouse);
  return [...new Set([...postgres.keys(), ...warehouse.keys()])]
    .map((day): DayState => {
      const ours = postgres.get(day) ?? { rows: 0, changes: '0', changed: '0' };
      const theirs = warehouse.get(day) ?? 0;
      return {
        day,
        rows: Math.max(ours.rows, theirs),
        arrivals: arrivals.get(day) ?? new Map<number, number>(),
        added: `${ours.changes}/${theirs}`,
        changed: `${ours.changed}/${mutations}`,
      };
    })
    .filter(({ rows, added }) => rows > 0 || added !== '0/0');
}

async function postgresDays(client: Queryable): Promise<Map<string, Omit<z.output<typeof dayRow>, 'day'>>> {
  const { rows } = await client.query(
    `SELECT to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') AS day,
       greatest(c.reltuples, s.n_live_tup, 0)::bigint AS rows, s.n_tup_ins::text AS changes,
       (s.n_tup_upd + s.n_tup_del)::text AS changed
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_stat_all_tables s ON s.relid = c.oid
     WHERE i.inhparent = 'stream.web_events'::regclass`,
  );
  return new Map(rows.map((row) => dayRow.parse(row)).map(({ day, ...state }) => [day, state]));
}

/** Events are seldom of another hour than the one they came in; the days of a replay are. */
async function arrivalsByDay(client: Queryable, topic: string): Promise<Map<string, Map<number, number>>> {
  const { rows } = await client.query(
    `SELECT to_char(minute AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
       extract(hour FROM minute AT TIME ZONE 'UTC')::integer AS hour, sum(new) AS rows
     FROM ops.batch_ledger WHERE topic = $1 GROUP BY 1, 2`,
    [topic],
  );
  const days = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const { day, hour, rows: count } = arrivalRow.parse(row);
    days.set(day, (days.get(day) ?? new Map<number, number>()).set(hour, count));
  }
  return days;
}

async function mutationsOf(clickhouse: Clickhouse): Promise<string> {
  const [row] = await clickhouse.query(
    `SELECT count() AS mutations FROM system.mutations WHERE database = 'raw' AND table = 'web_events'
       AND command NOT LIKE '${BY_LEDGER_PATTERN}'`,
  );
  return mutationsRow.parse(row).mutations;
}

export function rangesOf(days: readonly DayState[], dropped: readonly string[], sizes: SweepSizes): DayRange[] {
  return days
    .filter(({ day }) => !dropped.includes(day))
    .flatMap(({ day, rows, arrivals, added, changed }) => {
      const fingerprint = `${changed}|${added}`;
      if (rows <= sizes.dayRows) return [{ range: day, rows, dayRows: rows, fingerprint }];
      return Array.from({ length: 24 }, (_, hour) => ({
        range: `${day}T${String(hour).padStart(2, '0')}`,
        rows: Math.min(rows, Math.max(rows / 24, arrivals.get(hour) ?? 0)),
        dayRows: rows,
        fingerprint,
      }));
    });
}

export function stateOf(before: string | null, now: string): WorkUnit['state'] {
  if (before === now) return 'quiet';
  if (before === null) return 'changed';
  return before.split('|')[0] === now.split('|')[0] ? 'changed' : 'suspicious';
}

/** Days that retention has dropped. */
export async function droppedDays(client: Queryable): Promise<string[]> {
  const { rows } = await client.query('SELECT DISTINCT day::text AS day FROM stream.dropped_days');
  return rows.map((row) => z.object({ day: z.string() }).parse(row).day);
}
