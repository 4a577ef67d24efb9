import type { Clickhouse } from './clickhouse.ts';

/** A build of the batch layers, by its row in marts.publication. */
export interface Publication {
  id: string;
  /** The ClickHouse database that holds its marts. They never change; it is dropped after three further publications. */
  database: string;
  state: 'building' | 'published' | 'failed' | 'replaced';
  /** Why it failed; else empty. */
  reason: string;
  /** Business day, `YYYY-MM-DD`, of which it is a picture. */
  asOf: string;
  /** The last day of the retailer's files; null before any were loaded. */
  asOfRetail: string | null;
  startedAt: string;
  builtAt: string;
  models: number;
  testsPassed: number;
  testsWarned: number;
}

const COLUMNS = `id, concat('marts_', id) AS database, state, reason, toString(as_of) AS asOf,
  toString(as_of_retail) AS asOfRetail, toString(started_at) AS startedAt, toString(built_at) AS builtAt, models,
  tests_passed AS testsPassed, tests_warned AS testsWarned`;

/**
 * The build that readers are to read; null before the first. Ask once per request or job and read everything from its
 * `database`: figures of two builds are then never mixed, whatever is published meanwhile.
 */
export async function currentPublication(clickhouse: Clickhouse): Promise<Publication | null> {
  const [row] = await clickhouse.query<Publication>(
    `SELECT ${COLUMNS} FROM marts.publication FINAL WHERE state = 'published'
     ORDER BY built_at DESC, _version DESC LIMIT 1`,
  );
  return row ?? null;
}

/** The one that readers are to read, and the newest of those that they are not: one query, for who asks often. */
export async function currentAndOther(
  clickhouse: Clickhouse,
): Promise<{ current: Publication | null; other: Publication | null }> {
  const rows = await clickhouse.query<Publication>(
    `SELECT ${COLUMNS} FROM marts.publication FINAL
     ORDER BY if(state = 'published', built_at, started_at) DESC, _version DESC LIMIT 1 BY state = 'published'`,
  );
  const find = (isCurrent: boolean): Publication | null =>
    rows.find(({ state }) => (state === 'published') === isCurrent) ?? null;
  return { current: find(true), other: find(false) };
}

export async function findPublication(clickhouse: Clickhouse, id: string): Promise<Publication | null> {
  const [row] = await clickhouse.query<Publication>(
    `SELECT ${COLUMNS} FROM marts.publication FINAL WHERE id = {id: String}`,
    { id },
  );
  return row ?? null;
}

/** The newest builds of any state, newest first. */
export async function listPublications(clickhouse: Clickhouse, limit: number, offset = 0): Promise<Publication[]> {
  return clickhouse.query<Publication>(
    `SELECT ${COLUMNS} FROM marts.publication FINAL ORDER BY started_at DESC, id DESC
     LIMIT {limit: UInt32} OFFSET {offset: UInt64}`,
    { limit, offset },
  );
}

export interface BuildFailure {
  buildId: string;
  /** Name of the model or test. */
  node: string;
  message: string;
}

/** What the first failed models and tests of each of these builds said, so many at most of each, on one line each. */
export async function readBuildFailures(
  clickhouse: Clickhouse,
  buildIds: readonly string[],
  most: number,
): Promise<BuildFailure[]> {
  const rows = await clickhouse.query<{ buildId: string; node: string; text: string }>(
    `SELECT build_id AS buildId, splitByChar('.', node_id)[3] AS node, argMax(message, at) AS text FROM ops.dbt_results
     WHERE build_id IN {ids: Array(String)} GROUP BY build_id, node_id
     HAVING argMax(status, at) IN ('error', 'fail', 'runtime error')
     ORDER BY max(at), node LIMIT {most: UInt32} BY build_id`,
    { ids: buildIds, most },
  );
  return rows.map(({ text, ...row }) => ({ ...row, message: text.trim().replaceAll(/\s*\n\s*/g, ' ') }));
}
