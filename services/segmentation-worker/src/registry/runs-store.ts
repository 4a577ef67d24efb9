import { must, uuidV5 } from '@ebb/core';
import type { JobIdentity, Pool } from '@ebb/postgres';

/** A row of `ops.model_runs`. */
export interface ModelRun {
  readonly runId: string;
  readonly kind: string;
  readonly source: string;
  readonly asOf: string;
  readonly publicationId: string | null;
  readonly previousRunId: string | null;
  readonly startedAt: Date;
  readonly state: 'open' | 'held' | 'published';
  readonly modelId: string | null;
  readonly writeId: string | null;
  readonly metrics: Readonly<Record<string, unknown>>;
}

export interface NewRun {
  readonly kind: string;
  readonly source: string;
  readonly asOf: string;
  readonly publicationId: string | null;
  readonly previousRunId: string | null;
}

/** Namespace of run ids (RFC 9562, section 6.6): this project's own, drawn once. */
const RUNS = '9c0f5d0e-5a58-4a7f-9d5e-6a3f1c2b7e41';

const COLUMNS = `run_id AS "runId", kind, source, as_of AS "asOf", publication_id AS "publicationId",
  previous_run_id AS "previousRunId", started_at AS "startedAt", state, model_id AS "modelId", write_id AS "writeId", metrics`;

/** The same for the same job, whoever works on it. */
export function runIdOf(job: Pick<JobIdentity, 'key'>): string {
  return uuidV5(RUNS, job.key);
}

export class RunsStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async find(runId: string): Promise<ModelRun | null> {
    const { rows } = await this.#pool.query<ModelRun>(`SELECT ${COLUMNS} FROM ops.model_runs WHERE run_id = $1`, [
      runId,
    ]);
    return rows[0] ?? null;
  }

  /** What the first attempt began with counts for every later one. */
  async open(job: JobIdentity, run: NewRun): Promise<ModelRun> {
    await this.#pool.query(
      `INSERT INTO ops.model_runs (run_id, job_id, kind, source, as_of, publication_id, previous_run_id, started_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, date_trunc('milliseconds', clock_timestamp()))
       ON CONFLICT (run_id) DO NOTHING`,
      [runIdOf(job), job.id, run.kind, run.source, run.asOf, run.publicationId, run.previousRunId],
    );
    return must(await this.find(runIdOf(job)), 'a run that was just opened');
  }

  /** For a run whose build of the marts was dropped before it could finish: it begins with another one. */
  async moveTo(runId: string, publicationId: string): Promise<void> {
    await this.#pool.query('UPDATE ops.model_runs SET publication_id = $2 WHERE run_id = $1', [runId, publicationId]);
  }

  /** The rows are in the warehouse and no reader sees them. A run that was published stays so. */
  async hold(
    runId: string,
    done: { modelId: string; writeId: string; metrics: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    await this.#pool.query(
      `UPDATE ops.model_runs SET state = CASE WHEN state = 'published' THEN state ELSE 'held' END, model_id = $2,
         write_id = $3, metrics = $4 WHERE run_id = $1`,
      [runId, done.modelId, done.writeId, JSON.stringify(done.metrics)],
    );
  }

  async ofModel(modelId: string): Promise<ModelRun | null> {
    const { rows } = await this.#pool.query<ModelRun>(
      `SELECT ${COLUMNS} FROM ops.model_runs WHERE model_id = $1 ORDER BY started_at DESC LIMIT 1`,
      [modelId],
    );
    return rows[0] ?? null;
  }
}
