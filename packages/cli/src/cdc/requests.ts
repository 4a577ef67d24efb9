import { EbbError, sleep } from '@ebb/core';
import type { Pool } from '@ebb/postgres';

export interface Resnapshot {
  id: string;
  completedAt: Date | null;
  outcome: string | null;
  rows: string | null;
}

/** Asks for a captured table to be read again; `condition` is SQL over its columns. Raises UNKNOWN_TABLE, BAD_CONDITION. */
export async function requestResnapshot(pool: Pool, table: string, condition: string | null): Promise<string> {
  const { rows } = await pool.query<{ schema_name: string; table_name: string }>(
    `SELECT schema_name, table_name FROM ops.captured_tables()
     WHERE $1 IN (schema_name || '.' || table_name, table_name)`,
    [table],
  );
  const found = rows[0];
  if (found === undefined || rows.length > 1) throw await unknownTable(pool, table);
  if (condition !== null) await checkCondition(pool, found, condition);
  const made = await pool.query<{ id: string }>(
    `INSERT INTO ops.cdc_resnapshots (schema_name, table_name, condition, reason) VALUES ($1, $2, $3, 'asked for')
     RETURNING id`,
    [found.schema_name, found.table_name, condition],
  );
  return made.rows[0]?.id ?? '';
}

/** The connector takes a condition that is no SQL for an empty table. */
async function checkCondition(
  pool: Pool,
  table: { schema_name: string; table_name: string },
  condition: string,
): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(`SELECT format('%I.%I', $1::text, $2::text) AS name`, [
    table.schema_name,
    table.table_name,
  ]);
  try {
    await pool.query(`EXPLAIN SELECT FROM ${rows[0]?.name ?? ''} WHERE (${condition}\n)`);
  } catch (error) {
    throw new EbbError('BAD_CONDITION', `--where ${condition}: Postgres says`, { cause: error });
  }
}

async function unknownTable(pool: Pool, table: string): Promise<EbbError> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT schema_name || '.' || table_name AS name FROM ops.captured_tables() ORDER BY 1`,
  );
  const names = rows.map(({ name }) => name).join(', ');
  return new EbbError('UNKNOWN_TABLE', `"${table}" is not one captured table; there are: ${names}`);
}

/** Resolves when the connector has finished it; raises TIMEOUT. */
export async function resnapshotFinished(pool: Pool, id: string, timeoutMs: number): Promise<Resnapshot> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { rows } = await pool.query<Resnapshot>(
      'SELECT id, completed_at AS "completedAt", outcome, rows FROM ops.cdc_resnapshots WHERE id = $1',
      [id],
    );
    const found = rows[0];
    if (found !== undefined && found.completedAt !== null) return found;
    if (performance.now() > deadline) {
      throw new EbbError('TIMEOUT', `not finished after ${timeoutMs / 1000} s; it goes on: ebb cdc status shows it`);
    }
    await sleep(250);
  }
}

/** Followed by the connector's service within seconds; true where it changes anything. */
export async function setPaused(pool: Pool, isPaused: boolean): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO ops.settings (key, value) VALUES ('cdc_paused', $1)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE ops.settings.value <> excluded.value`,
    [isPaused ? 'on' : 'off'],
  );
  return rowCount === 1;
}

/** Ends the epoch under way; the connector's service begins the next. False where none is under way. */
export async function retireEpoch(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ epoch: number }>(
    'UPDATE ops.cdc_epochs SET retired_at = now() WHERE retired_at IS NULL RETURNING epoch',
  );
  return rows[0]?.epoch ?? null;
}
