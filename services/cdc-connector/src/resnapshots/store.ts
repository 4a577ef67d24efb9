import { type Pool, quoteIdentifier, withTransaction } from '@ebb/postgres';
import { SIGNAL_TABLE } from '../names.ts';

const SIGNAL_PREFIX = 'resnapshot-';

/** Why a table is read when an epoch begins; the epoch is complete when no such request is open. */
export function epochReason(epoch: number): string {
  return `epoch ${epoch}`;
}

export type ResnapshotOutcome = 'completed' | 'aborted' | 'empty' | 'no_primary_key' | 'table_gone';

export interface ResnapshotId {
  /** Ids may come again after a restore, but never in the same epoch. */
  epoch: number;
  id: bigint;
}

export function signalId({ epoch, id }: ResnapshotId): string {
  return `${SIGNAL_PREFIX}${epoch}-${id}`;
}

/** Null for a signal of somebody else. */
export function idOfSignal(signal: string): ResnapshotId | null {
  const match = /^resnapshot-(\d+)-(\d+)$/.exec(signal);
  return match === null ? null : { epoch: Number(match[1]), id: BigInt(match[2] ?? '0') };
}

/**
 * Changes of columns after which stored rows are not what the stream told: rewritten tables, tables that were filled
 * already when they came into a captured schema, and ones with another key, or the first. Once per change; returns what
 * was requested.
 */
export async function requestAfterSchemaChanges(pool: Pool, firstDdlId: bigint): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, reason, ddl_id)
     SELECT h.schema_name, h.table_name,
       CASE WHEN h.kind = 'create' THEN 'table came with rows' WHEN h.rewrites THEN 'rows were rewritten'
         ELSE 'key was changed' END, h.id
     FROM (
       SELECT d.*, k.key, lag(k.key) OVER (PARTITION BY d.table_oid ORDER BY d.id) AS key_before
       FROM ops.ddl_history d CROSS JOIN LATERAL (
         SELECT jsonb_agg(c -> 'attnum' ORDER BY (c ->> 'key_position')::integer) AS key
         FROM jsonb_array_elements(d.columns) c WHERE c ->> 'key_position' IS NOT NULL) k
       WHERE d.id >= $1
     ) h
     WHERE h.origin <> 'initial' AND h.schema_name <> 'ops' AND h.kind <> 'drop'
       AND NOT EXISTS (SELECT FROM ops.cdc_resnapshots r WHERE r.ddl_id = h.id)
       AND (h.rewrites
         OR (h.kind = 'create' AND (h.origin = 'drift' OR coalesce(h.command, '') !~ '^(CREATE TABLE|SELECT INTO|CREATE SCHEMA)'))
         OR (h.kind <> 'create' AND h.key IS NOT NULL AND h.key IS DISTINCT FROM h.key_before))
     ON CONFLICT (ddl_id) DO NOTHING
     RETURNING schema_name || '.' || table_name || ': ' || reason AS name`,
    [firstDdlId],
  );
  return rows.map((row) => row.name);
}

/** A table to be read, or its rows of a condition. */
export interface Reading {
  readonly id: bigint;
  /** `schema.table`. */
  readonly table: string;
  readonly condition: string | null;
}

/**
 * Signals the first of them that has rows. Those without are done: a table that has none once the connector's position is
 * stored has all that comes in the log. A year that is replayed into new tables would be read a second time otherwise.
 */
export async function readNext(pool: Pool, readings: readonly Reading[]): Promise<void> {
  const wanted: Reading[] = [];
  for (const reading of readings) {
    if (reading.condition !== null || (await hasRows(pool, reading.table))) wanted.push(reading);
    else await closeResnapshot(pool, reading.id, 'empty');
  }
  const [next] = wanted;
  if (next !== undefined) await signalResnapshot(pool, next);
}

/** Somebody may hold the table for long, and whoever asks watches the whole capture. */
const LOCK_PATIENCE_MS = 500;

/** Where this cannot be told it is left to the connector, which says what hinders it; the tables behind it do not wait. */
function hasRows(pool: Pool, table: string): Promise<boolean> {
  const name = table.split('.').map(quoteIdentifier).join('.');
  const asked = withTransaction(pool, async (client) => {
    await client.query(`SET LOCAL lock_timeout = ${LOCK_PATIENCE_MS}`);
    return client.query<{ has: boolean }>(`SELECT EXISTS (SELECT FROM ${name}) AS has`);
  });
  return asked.then(
    ({ rows }) => rows[0]?.has !== false,
    () => true,
  );
}

/**
 * The request's mark and the connector's signal, together; and a description of all tables behind it, since the connector
 * forgets which columns the changes that follow in the log were made under.
 */
export async function signalResnapshot(pool: Pool, { id, table, condition }: Reading): Promise<void> {
  // The connector takes the name for a regular expression, but not that of a condition.
  const data = {
    type: 'incremental',
    'data-collections': [table.replaceAll(/[^\w.]/g, String.raw`\$&`)],
    ...(condition === null ? {} : { 'additional-conditions': [{ 'data-collection': table, filter: condition }] }),
  };
  await withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ epoch: number }>(
      `UPDATE ops.cdc_resnapshots SET signalled_at = now(), epoch = e.epoch
       FROM (SELECT max(epoch) AS epoch FROM ops.cdc_epochs WHERE retired_at IS NULL) e
       WHERE id = $1 AND signalled_at IS NULL AND completed_at IS NULL AND e.epoch IS NOT NULL
       RETURNING e.epoch`,
      [id],
    );
    const epoch = rows[0]?.epoch;
    if (epoch === undefined) return;
    await client.query('SELECT ops.describe_captured()');
    await client.query(`INSERT INTO ${SIGNAL_TABLE} (id, type, data) VALUES ($1, 'execute-snapshot', $2)`, [
      signalId({ epoch, id }),
      JSON.stringify(data),
    ]);
  });
}

/** The connector was interrupted, or did not know the table; one that Postgres has no more is closed by the plan. */
const UNFINISHED: readonly ResnapshotOutcome[] = ['aborted', 'table_gone'];

/**
 * Whether the same is to be asked for once more. What is stored is not what Postgres has until a table was read whole, but a
 * condition may be what could not be read.
 */
async function askAgain(pool: Pool, { id, epoch }: ResnapshotId): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE ops.cdc_resnapshots SET signalled_at = NULL
     WHERE id = $1 AND epoch = $2 AND completed_at IS NULL AND condition IS NULL`,
    [id, epoch],
  );
  return rowCount === 1;
}

/** What the connector said about one table. */
export async function completeResnapshot(
  pool: Pool,
  { id, epoch, outcome, rows }: ResnapshotId & { outcome: ResnapshotOutcome; rows: bigint | null },
): Promise<void> {
  await pool.query(`DELETE FROM ${SIGNAL_TABLE} WHERE id = $1`, [signalId({ epoch, id })]);
  if (UNFINISHED.includes(outcome) && (await askAgain(pool, { id, epoch }))) return;
  await pool.query(
    `UPDATE ops.cdc_resnapshots SET completed_at = now(), outcome = $3, rows = $4
     WHERE id = $1 AND epoch = $2 AND completed_at IS NULL`,
    [id, epoch, outcome, rows],
  );
}

/** For one that cannot be done. */
export async function closeResnapshot(pool: Pool, id: bigint, outcome: ResnapshotOutcome): Promise<void> {
  await pool.query(
    'UPDATE ops.cdc_resnapshots SET completed_at = now(), outcome = $2 WHERE id = $1 AND completed_at IS NULL',
    [id, outcome],
  );
}
