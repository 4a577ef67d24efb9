import type { CaptureEpoch, CapturedTable, Condition, Slot } from '../../api/pipeline-schema.ts';
import { type Queryable, toCount, toIso } from '../rows.ts';

interface ConditionRow {
  condition: string;
  subject: string;
  since: Date | null;
  detail: string;
  advice: string;
}

/** What is not as it should be, the oldest first; what has no beginning last. */
export async function readConditions(db: Queryable): Promise<Condition[]> {
  const { rows } = await db.query<ConditionRow>(
    'SELECT condition, subject, since, detail, advice FROM ops.stream_conditions ORDER BY since NULLS LAST, 1, 2',
  );
  return rows.map((row) => ({ ...row, since: toIso(row.since) }));
}

interface SlotRow {
  slot_name: string;
  active: boolean;
  inactive_since: Date | null;
  wal_status: string | null;
  lag_bytes: string;
  safe_wal_size: string | null;
}

/** Slots of this database that a reader of changes would miss. */
export async function readSlots(db: Queryable): Promise<Slot[]> {
  const { rows } = await db.query<SlotRow>(
    `SELECT slot_name, active, inactive_since, wal_status, safe_wal_size,
       greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0) AS lag_bytes
     FROM pg_replication_slots
     WHERE slot_type = 'logical' AND NOT temporary AND database = current_database() ORDER BY slot_name`,
  );
  return rows.map((row) => ({
    name: row.slot_name,
    isActive: row.active,
    inactiveSince: toIso(row.inactive_since),
    walStatus: row.wal_status,
    lagBytes: toCount(row.lag_bytes),
    // Below nothing once the slot is lost.
    safeBytes: row.safe_wal_size === null ? null : Math.max(0, Number(row.safe_wal_size)),
  }));
}

interface EpochRow {
  epoch: number;
  reason: string;
  started_at: Date;
  snapshot_completed_at: Date | null;
}

/** The slot's time that feeds the warehouse now. */
export async function readEpoch(db: Queryable): Promise<CaptureEpoch | null> {
  const { rows } = await db.query<EpochRow>(
    `SELECT epoch, reason, started_at, snapshot_completed_at FROM ops.cdc_epochs
     WHERE retired_at IS NULL ORDER BY epoch DESC LIMIT 1`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    epoch: row.epoch,
    reason: row.reason,
    startedAt: row.started_at.toISOString(),
    snapshotCompletedAt: toIso(row.snapshot_completed_at),
  };
}

export async function readHeartbeat(db: Queryable): Promise<string | null> {
  const { rows } = await db.query<{ beat_at: Date }>('SELECT beat_at FROM ops.cdc_heartbeat');
  return toIso(rows[0]?.beat_at);
}

interface TableRow {
  name: string;
  is_published: boolean;
  has_key: boolean;
  reread_reason: string | null;
}

/** Tables of crm and sales, as Postgres knows them. */
export async function readCapturedTables(db: Queryable): Promise<Omit<CapturedTable, 'warehouse'>[]> {
  const { rows } = await db.query<TableRow>(
    `SELECT t.schema_name || '.' || t.table_name AS name,
       EXISTS (SELECT FROM pg_publication_tables p WHERE p.pubname = 'ebb_cdc'
         AND (p.schemaname, p.tablename) = (t.schema_name, t.table_name)) AS is_published,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.table_oid AND i.indisprimary AND i.indimmediate) AS has_key,
       (SELECT min(s.reason) FROM ops.cdc_resnapshots s WHERE s.completed_at IS NULL
         AND (s.schema_name, s.table_name) = (t.schema_name, t.table_name)) AS reread_reason
     FROM ops.captured_tables() t WHERE t.schema_name IN ('crm', 'sales') ORDER BY 1`,
  );
  return rows.map((row) => ({
    name: row.name,
    isPublished: row.is_published,
    hasKey: row.has_key,
    rereadReason: row.reread_reason,
  }));
}
