import { type Clickhouse, currentPublication, type Publication } from '@ebb/clickhouse';
import { sleep } from '@ebb/core';
import { z } from 'zod';
import { CLICKHOUSE_SETTINGS, type Stores, WorkMeter } from '../compare/engines.ts';
import type { FindingKind, NewFinding } from '../store/findings-store.ts';

/** Day figures of a publication that are not the live ones. */
export const LIVE_VS_BATCH = 'marts.live_vs_batch';
/** Days whose events stand in raw but not, or otherwise, in what dbt made of them. */
export const STAGED_EVENTS = 'staging.stg_website_events';
export const STAGED_ORDERS = 'staging.stg_purchase_events';

export const MART_TABLES: ReadonlySet<string> = new Set([LIVE_VS_BATCH, STAGED_EVENTS, STAGED_ORDERS]);

export interface MartsOutcome {
  readonly findings: readonly NewFinding[];
  readonly seconds: number;
  /** Rows compared. */
  readonly rows: number;
  /** What could be compared. */
  readonly checked: ReadonlySet<string>;
}

const HOP = 'clickhouse -> dbt -> marts';
const MOST_DAYS = 500;
const MOST_ORDERS = 10_000;
const SECOND_LOOK_MS = 5_000;

const dayRow = z.object({
  kpi: z.string(),
  day: z.string(),
  source: z.string(),
  currency: z.string(),
  figures: z.array(z.tuple([z.string(), z.string(), z.string()])),
});
const stagedRow = z.object({
  source: z.string(),
  day: z.string(),
  landed: z.coerce.number(),
  staged: z.coerce.number(),
});
type StagedDay = z.output<typeof stagedRow>;
/** An order that is not alike on both sides: rows of it on each, and what they say. */
const stagedOrder = stagedRow.extend({ order_id: z.string(), hash: z.string(), staged_hash: z.string() });
type StagedOrder = z.output<typeof stagedOrder>;
const stateRow = z.object({ building: z.coerce.number(), tables: z.coerce.number() });
const countRow = z.object({ rows: z.coerce.number(), is_there: z.coerce.number() });

/**
 * The last hop: what the current publication says against the live figures, and the rows it is made of against the rows
 * that landed, below the offsets it has taken in. Nothing is compared while a build is rewriting the rows.
 */
export async function checkMarts(stores: Stores): Promise<MartsOutcome> {
  const meter = new WorkMeter();
  const publication = await currentPublication(stores.clickhouse);
  if (publication === null) return { findings: [], seconds: 0, rows: 0, checked: new Set() };
  const figures = await meter.measure(() => differingDays(stores, publication));
  const staged = await meter.measure(() => stagedDays(stores));
  return {
    findings: [...figures.findings, ...(staged ?? [])],
    seconds: meter.seconds,
    rows: figures.rows,
    checked: new Set([LIVE_VS_BATCH, ...(staged === null ? [] : [STAGED_EVENTS, STAGED_ORDERS])]),
  };
}

async function differingDays(
  { clickhouse }: Stores,
  { id, database }: Publication,
): Promise<{ findings: NewFinding[]; rows: number }> {
  const table = `${database}.live_vs_batch`;
  const [there] = await clickhouse.query(
    `SELECT count() AS is_there, any(total_rows) AS rows FROM system.tables
     WHERE database = {database: String} AND name = 'live_vs_batch'`,
    { database },
  );
  const { is_there: isThere, rows } = countRow.parse(there);
  if (isThere === 0) return { findings: [], rows: 0 };
  const days = await clickhouse.query(
    `SELECT kpi, toString(day) AS day, source, currency,
       arraySort(groupArray((metric, toString(ifNull(live, 0)), toString(ifNull(batch, 0))))) AS figures
     FROM ${table} WHERE state = 'differs' GROUP BY kpi, day, source, currency ORDER BY ALL LIMIT ${MOST_DAYS}`,
    {},
    { settings: CLICKHOUSE_SETTINGS },
  );
  const findings = days.map((row) => {
    const { figures, ...key } = dayRow.parse(row);
    const named = Object.fromEntries(figures.map(([metric, live, batch]) => [metric, { live, batch }]));
    return finding(LIVE_VS_BATCH, key, 'altered', { publication: id, figures: named });
  });
  return { findings, rows };
}

/**
 * Events below the offsets that the staging model has taken in, by day; orders that have not changed since it read them.
 * Null where a build was rewriting them meanwhile.
 */
async function stagedDays({ clickhouse }: Stores): Promise<NewFinding[] | null> {
  if (await isRewriting(clickhouse)) return null;
  const events = await clickhouse.query(WEB_SQL, {}, { settings: CLICKHOUSE_SETTINGS });
  const orders = await differingOrders(clickhouse);
  if (await isRewriting(clickhouse)) return null;
  return [
    ...events.map((row) => stagedFinding(STAGED_EVENTS, stagedRow.parse(row))),
    ...byDay(orders).map((day) => stagedFinding(STAGED_ORDERS, day)),
  ];
}

/**
 * State and history of an order are stored one after the other: whoever looks in between sees half a change. What
 * differs must do so again, alike, after everything that was under way has been stored.
 */
async function differingOrders(clickhouse: Clickhouse): Promise<StagedOrder[]> {
  const look = async (): Promise<StagedOrder[]> => {
    const rows = await clickhouse.query(ORDERS_SQL, {}, { settings: CLICKHOUSE_SETTINGS });
    return rows.map((row) => stagedOrder.parse(row));
  };
  const first = await look();
  if (first.length === 0) return [];
  await sleep(SECOND_LOOK_MS);
  const again = new Set((await look()).map((order) => JSON.stringify(order)));
  return first.filter((order) => again.has(JSON.stringify(order)));
}

function byDay(orders: readonly StagedOrder[]): StagedDay[] {
  const days = Map.groupBy(orders, ({ source, day }) => `${source} ${day}`);
  return [...days.values()].map((ofDay) => ({
    source: ofDay[0]?.source ?? '',
    day: ofDay[0]?.day ?? '',
    landed: ofDay.reduce((sum, { landed }) => sum + landed, 0),
    staged: ofDay.reduce((sum, { staged }) => sum + staged, 0),
  }));
}

/** A build is open, or there is nothing staged yet. */
async function isRewriting(clickhouse: Clickhouse): Promise<boolean> {
  const [state] = await clickhouse.query(
    `SELECT (SELECT count() FROM marts.publication FINAL WHERE state = 'building') AS building,
       (SELECT count() FROM system.tables WHERE database = 'staging'
          AND name IN ('stg_website_events', 'stg_purchase_events')) AS tables`,
  );
  const { building, tables } = stateRow.parse(state);
  return building > 0 || tables < 2;
}

const takenIn = (model: string, source: string): string =>
  `(SELECT mapFromArrays(groupArray(partition), groupArray(next_offset)) FROM ops.model_vector FINAL
    WHERE model = '${model}' AND source = '${source}')`;

const WEB_SQL = `SELECT source, toString(day) AS day, sum(in_raw) AS landed, sum(in_staging) AS staged
  FROM (
    SELECT toString(source) AS source, toDate32(day) AS day, count() AS in_raw, 0 AS in_staging,
      sum(sipHash64(user_key, event_id)) AS hash, 0 AS staged_hash
    FROM raw.web_events_current
    WHERE _offset < ${takenIn(STAGED_EVENTS, 'web_events')}[_partition] GROUP BY source, day
    UNION ALL
    SELECT toString(source), toDate32(day), 0, count(), 0, sum(sipHash64(user_key, sender_event_id))
    FROM staging.stg_website_events GROUP BY source, day)
  GROUP BY source, day HAVING landed != staged OR sum(hash) != sum(staged_hash) ORDER BY ALL LIMIT ${MOST_DAYS}`;

/** An order that changed since the model read it is not one of the two sides. */
const ORDERS_SQL = `WITH read AS (
    SELECT source, order_id, toDate32(purchase_time) AS day, total_amount, toString(order_status) AS order_status
    FROM raw.sales_orders_current
    WHERE _cdc_offset < ${takenIn(STAGED_ORDERS, 'sales_orders')}[_cdc_partition]),
  later AS (
    SELECT DISTINCT source, order_id FROM raw.sales_orders_history
    WHERE _cdc_offset >= ${takenIn(STAGED_ORDERS, 'sales_orders')}[_cdc_partition])
  SELECT source, order_id, toString(day) AS day, sum(in_raw) AS landed, sum(in_staging) AS staged,
    toString(sum(in_raw_hash)) AS hash, toString(sum(in_staging_hash)) AS staged_hash
  FROM (
    SELECT toString(source) AS source, order_id, day, 1 AS in_raw, 0 AS in_staging,
      sipHash64(order_id, total_amount, order_status) AS in_raw_hash, 0 AS in_staging_hash
    FROM read WHERE (source, order_id) NOT IN later
    UNION ALL
    SELECT toString(source), order_id, toDate32(order_purchase_timestamp_utc) AS day, 0, 1, 0,
      sipHash64(order_id, order_total_amount, toString(order_status))
    FROM staging.stg_purchase_events WHERE (source, order_id) NOT IN later)
  GROUP BY source, order_id, day HAVING landed != staged OR hash != staged_hash ORDER BY ALL LIMIT ${MOST_ORDERS}`;

function stagedFinding(table: string, { source, day, landed, staged }: StagedDay): NewFinding {
  const kind = staged < landed ? 'missing' : staged > landed ? 'extra' : 'altered';
  return finding(table, { source, day }, kind, { landed, staged });
}

function finding(
  table: string,
  key: Readonly<Record<string, string>>,
  kind: FindingKind,
  evidence: Readonly<Record<string, unknown>>,
): NewFinding {
  return { table, key, kind, hop: HOP, store: 'clickhouse', evidence };
}
