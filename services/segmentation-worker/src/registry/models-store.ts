import type { Pool } from '@ebb/postgres';
import { WorkerError } from '../errors.ts';
import type { StoredModelFile } from './model-file.ts';

export interface NewModel {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly scaler: Readonly<Record<string, unknown>> | null;
  readonly features: readonly string[];
  readonly asOf: string;
  readonly rows: number;
  readonly dataFingerprint: string;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly codeVersion: string;
  readonly file: StoredModelFile;
  readonly trainedAt: Date;
  readonly heldReasons: readonly string[];
}

/** A row of `ops.models`. */
export interface Model extends Omit<NewModel, 'file' | 'rows'> {
  /** Customers it was trained on, as text: a bigint. */
  readonly rows: string;
  readonly fileKey: string;
  readonly fileSha256: string;
  readonly role: 'challenger' | 'champion' | 'retired';
  readonly promotedAt: Date | null;
  readonly promotedBy: string | null;
}

const COLUMNS = `id, kind, source, algorithm, parameters, scaler, features, as_of AS "asOf", rows, data_fingerprint AS
  "dataFingerprint", metrics, code_version AS "codeVersion", file_key AS "fileKey", file_sha256 AS "fileSha256",
  trained_at AS "trainedAt", role, held_reasons AS "heldReasons", promoted_at AS "promotedAt", promoted_by AS "promotedBy"`;

export class ModelsStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Registers it as a challenger; a repeated attempt of the same run replaces what it said before, not its role. */
  async register(model: NewModel): Promise<void> {
    await this.#pool.query(
      `INSERT INTO ops.models (id, kind, source, algorithm, parameters, scaler, features, as_of, rows, data_fingerprint,
         metrics, code_version, file_key, file_sha256, file_bytes, trained_at, held_reasons)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
       ON CONFLICT (id) DO UPDATE SET parameters = excluded.parameters, scaler = excluded.scaler,
         features = excluded.features, as_of = excluded.as_of, rows = excluded.rows,
         data_fingerprint = excluded.data_fingerprint, metrics = excluded.metrics, code_version = excluded.code_version,
         file_key = excluded.file_key, file_sha256 = excluded.file_sha256, file_bytes = excluded.file_bytes,
         held_reasons = excluded.held_reasons`,
      [
        model.id,
        model.kind,
        model.source,
        model.algorithm,
        JSON.stringify(model.parameters),
        model.scaler === null ? null : JSON.stringify(model.scaler),
        model.features,
        model.asOf,
        model.rows,
        model.dataFingerprint,
        JSON.stringify(model.metrics),
        model.codeVersion,
        model.file.key,
        model.file.sha256,
        model.file.bytes,
        model.trainedAt,
        model.heldReasons,
      ],
    );
  }

  async find(id: string): Promise<Model | null> {
    const { rows } = await this.#pool.query<Model>(`SELECT ${COLUMNS} FROM ops.models WHERE id::text = $1`, [id]);
    return rows[0] ?? null;
  }

  /** By its id or the beginning of one that only one model has; raises UNKNOWN_MODEL. */
  async byPrefix(prefix: string): Promise<Model> {
    const { rows } = await this.#pool.query<Model>(
      `SELECT ${COLUMNS} FROM ops.models WHERE starts_with(id::text, $1) LIMIT 2`,
      [prefix],
    );
    const [model] = rows;
    if (model !== undefined && rows.length === 1) return model;
    throw new WorkerError(
      'UNKNOWN_MODEL',
      `${rows.length === 0 ? 'no model has' : 'several models have'} an id that begins with "${prefix}": see ebb models list`,
    );
  }

  async champion(kind: string, source: string): Promise<Model | null> {
    const { rows } = await this.#pool.query<Model>(
      `SELECT ${COLUMNS} FROM ops.models WHERE kind = $1 AND source = $2 AND role = 'champion'`,
      [kind, source],
    );
    return rows[0] ?? null;
  }

  /** Who was champion before; promoted last of those that are it no more and were not gone back from. */
  async formerChampion(kind: string, source: string): Promise<Model | null> {
    const { rows } = await this.#pool.query<Model>(
      `SELECT ${COLUMNS} FROM ops.models WHERE kind = $1 AND source = $2 AND role = 'retired'
       ORDER BY promoted_at DESC LIMIT 1`,
      [kind, source],
    );
    return rows[0] ?? null;
  }

  async list(): Promise<Model[]> {
    const { rows } = await this.#pool.query<Model>(
      `SELECT ${COLUMNS} FROM ops.models ORDER BY kind, source, trained_at DESC, id`,
    );
    return rows;
  }
}
