import type { Pool } from '@ebb/postgres';
import { type Epoch, type HistoryRow, parseHistoryRow } from './history-row.ts';

export interface HistoryPage {
  readonly epochs: readonly Epoch[];
  /** Rows that were not known, in the order of their ids. */
  readonly rows: readonly HistoryRow[];
}

/** Where the schema history comes from. */
export interface HistorySource {
  /**
   * Rows with ids above `afterId`, except the known ones: a transaction that took its id first may commit last.
   * Throws a retryable error while Postgres is away.
   */
  load(afterId: bigint, knownIds: readonly bigint[]): Promise<HistoryPage>;
}

// One statement, hence one snapshot of both.
const QUERY = `SELECT
  (SELECT coalesce(json_agg(json_build_object('epoch', e.epoch, 'firstDdlId', e.first_ddl_id::text,
      'isSnapshotComplete', e.snapshot_completed_at IS NOT NULL) ORDER BY e.epoch), '[]')
    FROM ops.cdc_epochs e) AS epochs,
  (SELECT coalesce(json_agg(json_build_object('id', h.id::text, 'lsn', h.lsn::text, 'origin', h.origin, 'kind', h.kind,
      'schema_name', h.schema_name, 'table_name', h.table_name, 'table_oid', h.table_oid::bigint, 'command', h.command,
      'rewrites', h.rewrites, 'columns', h.columns) ORDER BY h.id), '[]')
    FROM ops.ddl_history h WHERE h.id > $1::bigint AND NOT (h.id = ANY ($2::bigint[]))) AS rows`;

interface Answer {
  epochs: { epoch: number; firstDdlId: string; isSnapshotComplete: boolean }[];
  rows: unknown[];
}

export class HistoryStore implements HistorySource {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async load(afterId: bigint, knownIds: readonly bigint[]): Promise<HistoryPage> {
    const { rows } = await this.#pool.query<Answer>({
      name: 'ddl_history',
      text: QUERY,
      values: [String(afterId), knownIds.map(String)],
    });
    const answer = rows[0] ?? { epochs: [], rows: [] };
    return {
      epochs: answer.epochs.map((epoch) => ({ ...epoch, firstDdlId: BigInt(epoch.firstDdlId) })),
      rows: answer.rows.map(parseHistoryRow),
    };
  }
}
