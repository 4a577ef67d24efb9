import type { Clickhouse } from '@ebb/clickhouse';
import { type Pool, type PoolClient, withTransaction } from '@ebb/postgres';
import { type PublishedRun, publishRun } from './publication.ts';
import { sweepRunTables } from './run-tables.ts';

/** Whoever publishes or deletes rows of runs waits for this lock of the database. The number is its own. */
const LOCK = 4_212_031;

/**
 * What becomes of the champion that has to go. One that was gone back from was no good: it is a challenger again, so that
 * going back once more leads to the one before, never back to it.
 */
export type FormerRole = 'retired' | 'challenger';

/**
 * Makes the run what readers see and its model the champion. The pointer in the warehouse is what counts; a process that
 * is killed between the two leaves a registry that is behind, which doing it again brings up to date. Repeatable.
 */
export function promote(
  { pool, clickhouse }: { pool: Pool; clickhouse: Clickhouse },
  run: PublishedRun,
  { by, formerRole = 'retired' }: { by: string; formerRole?: FormerRole },
): Promise<void> {
  return withTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await publishRun(clickhouse, run);
    await record(client, run, by, formerRole);
  });
}

async function record(client: PoolClient, run: PublishedRun, by: string, formerRole: FormerRole): Promise<void> {
  await client.query(
    `UPDATE ops.models SET role = $4 WHERE kind = $1 AND source = $2 AND role = 'champion' AND id <> $3`,
    [run.kind, run.source, run.modelId, formerRole],
  );
  await client.query(
    `UPDATE ops.models SET role = 'champion', promoted_at = clock_timestamp(), promoted_by = $2
     WHERE id = $1 AND role <> 'champion'`,
    [run.modelId, by],
  );
  await client.query(
    `UPDATE ops.model_runs SET state = 'published', published_at = clock_timestamp()
     WHERE run_id = $1 AND state <> 'published'`,
    [run.runId],
  );
}

/** Runs of a kind and source whose rows are kept, for rollbacks and comparisons. */
const KEPT_RUNS = 14;

/** Deletes what interrupted attempts and old runs left; only the worker writes rows, and it calls this between writes. */
export function sweep({ pool, clickhouse }: { pool: Pool; clickhouse: Clickhouse }): Promise<number> {
  return withTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const published = await clickhouse.query<{ id: string }>('SELECT toString(write_id) AS id FROM ml.published');
    const { rows: newest } = await client.query<{ id: string }>(
      `SELECT write_id AS id FROM (
         SELECT write_id, row_number() OVER (PARTITION BY kind, source ORDER BY started_at DESC) AS age
         FROM ops.model_runs WHERE write_id IS NOT NULL) runs WHERE age <= $1`,
      [KEPT_RUNS],
    );
    return sweepRunTables(clickhouse, new Set([...published, ...newest].map(({ id }) => id)));
  });
}
