import type { Pool, QueryResultRow } from '@ebb/postgres';
import { z } from 'zod';
import type { EpochRow, PostgresState, ResnapshotRow, SlotState, TableState } from './state.ts';

const MIB = 1024n ** 2n;
const bigintText = z.coerce.bigint();

const server = z
  .object({
    system_identifier: z.string(),
    current_lsn: bigintText,
    wal_level: z.string(),
    max_slot_wal_mb: bigintText,
    heartbeat_age: z.coerce.number().nullable(),
    ddl_capture: z.enum(['trigger', 'drift']).nullable(),
    is_paused: z.boolean(),
  })
  .transform((row) => ({
    systemIdentifier: row.system_identifier,
    currentLsn: row.current_lsn,
    walLevel: row.wal_level,
    maxSlotWalBytes: row.max_slot_wal_mb < 0n ? null : row.max_slot_wal_mb * MIB,
    heartbeatAgeSeconds: row.heartbeat_age,
    ddlCapture: row.ddl_capture ?? ('drift' as const),
    isPaused: row.is_paused,
  }));

const SERVER = `
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
  (pg_current_wal_lsn() - '0/0'::pg_lsn)::text AS current_lsn,
  current_setting('wal_level') AS wal_level,
  (SELECT setting FROM pg_settings WHERE name = 'max_slot_wal_keep_size') AS max_slot_wal_mb,
  (SELECT extract(epoch FROM clock_timestamp() - beat_at)::text FROM ops.cdc_heartbeat) AS heartbeat_age,
  (SELECT value FROM ops.settings WHERE key = 'ddl_capture') AS ddl_capture,
  coalesce((SELECT value = 'on' FROM ops.settings WHERE key = 'cdc_paused'), false) AS is_paused`;

const slot = z
  .object({
    name: z.string(),
    is_ours: z.boolean(),
    is_active: z.boolean(),
    active_pid: z.number().nullable(),
    wal_status: z.string().nullable(),
    invalidation_reason: z.string().nullable(),
    restart_lsn: bigintText.nullable(),
    confirmed_lsn: bigintText.nullable(),
    safe_wal: bigintText.nullable(),
    inactive_seconds: z.coerce.number().nullable(),
  })
  .transform((row): SlotState => ({
    name: row.name,
    isOurs: row.is_ours,
    isActive: row.is_active,
    activePid: row.active_pid,
    walStatus: row.wal_status,
    invalidationReason: row.invalidation_reason,
    restartLsn: row.restart_lsn,
    confirmedLsn: row.confirmed_lsn,
    safeWalBytes: row.safe_wal,
    inactiveSeconds: row.inactive_seconds,
  }));

const SLOTS = `
SELECT slot_name AS name, database = current_database() AS is_ours, active AS is_active, active_pid, wal_status,
  invalidation_reason, (restart_lsn - '0/0'::pg_lsn)::text AS restart_lsn,
  (confirmed_flush_lsn - '0/0'::pg_lsn)::text AS confirmed_lsn, safe_wal_size::text AS safe_wal,
  extract(epoch FROM clock_timestamp() - inactive_since)::text AS inactive_seconds
FROM pg_replication_slots WHERE slot_type = 'logical' AND NOT temporary ORDER BY slot_name`;

const epoch = z
  .object({
    epoch: z.number(),
    system_identifier: z.string(),
    reason: z.string(),
    started_at: z.date(),
    first_ddl_id: bigintText,
    slot_seen_at: z.date().nullable(),
    snapshot_completed_at: z.date().nullable(),
    retired_at: z.date().nullable(),
  })
  .transform((row): EpochRow => ({
    epoch: row.epoch,
    systemIdentifier: row.system_identifier,
    reason: row.reason,
    startedAt: row.started_at,
    firstDdlId: row.first_ddl_id,
    slotSeenAt: row.slot_seen_at,
    snapshotCompletedAt: row.snapshot_completed_at,
    retiredAt: row.retired_at,
  }));

const EPOCHS = 'SELECT * FROM ops.cdc_epochs ORDER BY epoch';

const table = z
  .object({
    name: z.string(),
    key: z.enum(['primary', 'deferrable', 'none']),
    lossy: z.array(z.object({ column: z.string(), reason: z.string() })),
  })
  .transform((row): TableState => ({ name: row.name, key: row.key, lossyColumns: row.lossy }));

const TABLES = `
SELECT t.schema_name || '.' || t.table_name AS name,
  CASE WHEN k.indexrelid IS NULL THEN 'none' WHEN k.indimmediate THEN 'primary' ELSE 'deferrable' END AS key,
  coalesce((
    SELECT json_agg(json_build_object('column', a.attname, 'reason',
      CASE WHEN a.attndims > 1 THEN 'an array of several dimensions loses its values'
      ELSE 'an array of an enumeration with a NULL in it becomes NULL' END))
    FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
    LEFT JOIN pg_type e ON e.oid = y.typelem AND y.typcategory = 'A'
    WHERE a.attrelid = t.table_oid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attndims > 1 OR e.typtype = 'e')
  ), '[]') AS lossy
FROM ops.captured_tables() t LEFT JOIN pg_index k ON k.indrelid = t.table_oid AND k.indisprimary
ORDER BY 1`;

const unnameable = z.object({ name: z.string() }).transform(({ name }) => name);

const UNNAMEABLE = `
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('crm', 'sales') AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition
  AND c.oid NOT IN (SELECT t.table_oid FROM ops.captured_tables() t)
ORDER BY 1`;

const resnapshot = z
  .object({
    id: bigintText,
    table: z.string(),
    condition: z.string().nullable(),
    reason: z.string(),
    epoch: z.number().nullable(),
    requested_at: z.date(),
    signalled_at: z.date().nullable(),
  })
  .transform((row): ResnapshotRow => ({
    id: row.id,
    table: row.table,
    condition: row.condition,
    reason: row.reason,
    epoch: row.epoch,
    requestedAt: row.requested_at,
    signalledAt: row.signalled_at,
  }));

const RESNAPSHOTS = `
SELECT id, schema_name || '.' || table_name AS table, condition, reason, epoch, requested_at, signalled_at
FROM ops.cdc_resnapshots WHERE completed_at IS NULL ORDER BY id`;

export async function readPostgresState(pool: Pool): Promise<PostgresState> {
  const [first] = await rowsOf(pool, SERVER, server);
  if (first === undefined) throw new Error('the database did not describe itself');
  return {
    ...first,
    slots: await rowsOf(pool, SLOTS, slot),
    epochs: await rowsOf(pool, EPOCHS, epoch),
    tables: await rowsOf(pool, TABLES, table),
    unnameable: await rowsOf(pool, UNNAMEABLE, unnameable),
    resnapshots: await rowsOf(pool, RESNAPSHOTS, resnapshot),
  };
}

async function rowsOf<T>(pool: Pool, sql: string, schema: z.ZodType<T>): Promise<T[]> {
  const { rows } = await pool.query<QueryResultRow>(sql);
  return z.array(schema).parse(rows);
}
