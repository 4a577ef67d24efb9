import type { Clickhouse } from '@ebb/clickhouse';
import { errorMessage, sleep } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { compareTable } from '../capture-check/compare-table.ts';
import { capturedTables } from '../capture-check/table-shape.ts';

export interface WarehouseVerdict {
  /** In words: what ClickHouse has otherwise than it should; empty when all is well. */
  differences: string[];
  /** Captured tables and rows that were compared column by column. */
  tables: number;
  rows: number;
  /** Web events in ClickHouse. */
  events: number;
}

const POLL_MS = 1_000;
const MAX_NAMED = 10;

/**
 * Whether ClickHouse holds every promised event once, the same events as Postgres, and every captured table as Postgres
 * has it. Rows still under way get until the deadline.
 */
export async function judgeWarehouse(
  stores: { pool: Pool; clickhouse: Clickhouse },
  promised: ReadonlySet<string>,
  timeoutMs: number,
): Promise<WarehouseVerdict> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const verdict = await judgeNow(stores, promised).catch((error: unknown) => failed(error));
    if (verdict.differences.length === 0 || Date.now() > deadlineMs) return verdict;
    await sleep(POLL_MS);
  }
}

function failed(error: unknown): WarehouseVerdict {
  return { differences: [errorMessage(error)], tables: 0, rows: 0, events: 0 };
}

async function judgeNow(
  { pool, clickhouse }: { pool: Pool; clickhouse: Clickhouse },
  promised: ReadonlySet<string>,
): Promise<WarehouseVerdict> {
  const [inPostgres, inClickhouse] = await Promise.all([postgresEvents(pool), clickhouseEvents(clickhouse)]);
  const differences = await wrongIds(clickhouse, promised);
  if (inPostgres.digest !== inClickhouse.digest) {
    differences.push(
      `web events: ClickHouse has ${inClickhouse.count}, Postgres ${inPostgres.count}; not the same identities`,
    );
  }
  let rows = 0;
  const names = await capturedTables(pool);
  for (const name of names) {
    const compared = await compareTable(pool, clickhouse, name);
    rows += compared.rows;
    differences.push(...compared.differences.map((difference) => `${compared.table} ${difference}`));
  }
  return { differences, rows, tables: names.length, events: inClickhouse.count };
}

interface EventSet {
  count: number;
  /** Count and sum of the identities' hashes. */
  digest: string;
}

async function postgresEvents(pool: Pool): Promise<EventSet> {
  const { rows } = await pool.query<{ n: string; digest: string }>(
    `SELECT count(*) AS n, coalesce(sum(('x' || left(md5(
         source || '|' || day::text || '|' || user_key || '|' || event_id), 8))::bit(32)::bigint), 0)::text AS digest
     FROM stream.web_events`,
  );
  return eventSet(rows[0]);
}

async function clickhouseEvents(clickhouse: Clickhouse): Promise<EventSet> {
  const rows = await clickhouse.query<{ n: string; digest: string }>(
    `SELECT count() AS n, toString(sum(toUInt64(reinterpretAsUInt32(reverse(left(MD5(
         concat(source, '|', toString(day), '|', user_key, '|', event_id)), 4)))))) AS digest
     FROM raw.web_events_current`,
  );
  return eventSet(rows[0]);
}

function eventSet(row: { n: string; digest: string } | undefined): EventSet {
  return { count: Number(row?.n ?? 0), digest: `${row?.n}/${row?.digest}` };
}

async function wrongIds(clickhouse: Clickhouse, promised: ReadonlySet<string>): Promise<string[]> {
  const missing = new Set(promised);
  const wrong: string[] = [];
  const sql = 'SELECT event_id AS id, count() AS n FROM raw.web_events_current GROUP BY event_id';
  for await (const rows of clickhouse.queryStream<{ id: string; n: string }>(sql)) {
    for (const { id, n } of rows) if (missing.delete(id) && n !== '1') wrong.push(`${id} stored ${n} times`);
  }
  wrong.push(...[...missing].map((id) => `${id} stored 0 times`));
  const named = wrong.slice(0, MAX_NAMED).map((text) => `promised event ${text} in raw.web_events`);
  return wrong.length > MAX_NAMED ? [...named, `and ${wrong.length - MAX_NAMED} more promised events`] : named;
}

export function formatWarehouse(verdict: WarehouseVerdict): string {
  const { differences, tables, rows, events } = verdict;
  const scope = `${tables} captured tables (${rows} rows) column by column, ${events} web events by identity`;
  if (differences.length === 0) return `ClickHouse equals Postgres: ${scope}`;
  return `ClickHouse does NOT equal Postgres (${scope}):\n${differences.map((line) => `  ${line}`).join('\n')}`;
}
