import type { Pool } from '@ebb/postgres';
import type { Claim } from '../datasets/dataset.ts';
import type { FoundFile } from '../source/file-source.ts';

export type FileStatus =
  'waiting' | 'loading' | 'loaded' | 'duplicate' | 'quarantined' | 'failed' | 'replaced' | 'withdrawn';

/** The last that is known of a file. */
export interface KnownFile {
  id: string;
  key: string;
  dataset: string;
  name: string;
  version: string;
  sha256: string | null;
  status: FileStatus;
  loadId: number | null;
  duplicateOf: string | null;
  foundAtMs: number;
}

export interface Outcome {
  status: FileStatus;
  sha256?: string;
  loadId?: number;
  rows?: number;
  rejected?: number;
  rules?: readonly string[];
  message?: string;
  duplicateOf?: string;
  processingDay?: string;
}

interface KnownRow {
  id: string;
  key: string;
  dataset: string;
  name: string;
  version: string;
  sha256: string | null;
  status: FileStatus;
  load_id: string | null;
  duplicate_of: string | null;
  found_at: Date;
}

/** `ops.files`. */
export class FilesStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** What is known of every file of a source, by key. */
  async known(source: string): Promise<Map<string, KnownFile>> {
    const { rows } = await this.#pool.query<KnownRow>(
      `SELECT DISTINCT ON (key) id, key, dataset, name, version, sha256, status, load_id, duplicate_of, found_at
       FROM ops.files WHERE source = $1 ORDER BY key, id DESC`,
      [source],
    );
    return new Map(rows.map((row) => [row.key, knownFile(row)]));
  }

  /** Writes down what a file was found to be; a version that is known keeps its row. */
  async record(source: string, file: FoundFile, claim: Claim, known: KnownFile | null): Promise<string> {
    if (known !== null && known.version === file.version) return known.id;
    const { rows } = await this.#pool.query<{ id: string }>(
      `INSERT INTO ops.files (source, key, dataset, name, bytes, version, status)
       VALUES ($1, $2, $3, $4, $5, $6, 'waiting') RETURNING id`,
      [source, file.key, claim.dataset.name, claim.name, file.bytes, file.version],
    );
    return rows[0]?.id ?? '';
  }

  /** A number greater than all before it, and greater than `atLeast`. */
  async nextLoadId(atLeast: number): Promise<number> {
    const { rows } = await this.#pool.query<{ id: string }>(`SELECT nextval('ops.load_ids') AS id`);
    const id = Number(rows[0]?.id);
    if (id > atLeast) return id;
    // The ledger is older than the warehouse: restored, or made anew.
    await this.#pool.query(`SELECT setval('ops.load_ids', $1)`, [atLeast + 1]);
    return atLeast + 1;
  }

  async begin(id: string, loadId: number, sha256: string): Promise<void> {
    await this.#pool.query(
      `UPDATE ops.files SET status = 'loading', load_id = $2, sha256 = $3, started_at = now(), finished_at = NULL,
         message = '', rules = '{}', rows = 0, rejected = 0 WHERE id = $1`,
      [id, loadId, sha256],
    );
  }

  async finish(id: string, outcome: Outcome): Promise<void> {
    await this.#pool.query(
      `UPDATE ops.files SET status = $2, sha256 = coalesce($3, sha256), load_id = coalesce($4, load_id),
         rows = $5, rejected = $6, rules = $7, message = $8, duplicate_of = $9,
         processing_date = coalesce($10::date, processing_date), finished_at = now() WHERE id = $1`,
      [
        id,
        outcome.status,
        outcome.sha256 ?? null,
        outcome.loadId ?? null,
        outcome.rows ?? 0,
        outcome.rejected ?? 0,
        outcome.rules ?? [],
        (outcome.message ?? '').slice(0, 2_000),
        outcome.duplicateOf ?? null,
        outcome.processingDay ?? null,
      ],
    );
  }

  /** What was loaded under a name before this load is replaced by it. */
  async markReplaced(dataset: string, name: string, loadId: number): Promise<void> {
    await this.#pool.query(
      `UPDATE ops.files SET status = 'replaced'
       WHERE dataset = $1 AND name = $2 AND status = 'loaded' AND load_id < $3`,
      [dataset, name, loadId],
    );
  }

  async markWithdrawn(dataset: string, name: string, reason: string): Promise<void> {
    await this.#pool.query(
      `UPDATE ops.files SET status = 'withdrawn', message = $3 WHERE dataset = $1 AND name = $2 AND status = 'loaded'`,
      [dataset, name, reason],
    );
  }
}

function knownFile(row: KnownRow): KnownFile {
  return {
    id: row.id,
    key: row.key,
    dataset: row.dataset,
    name: row.name,
    version: row.version,
    sha256: row.sha256,
    status: row.status,
    loadId: row.load_id === null ? null : Number(row.load_id),
    duplicateOf: row.duplicate_of,
    foundAtMs: row.found_at.getTime(),
  };
}
