import type { Job, Jobs, LearnedModel, LearnedModels } from '../../api/pipeline-schema.ts';
import { type Page, type Queryable, toCount, toIso } from '../rows.ts';

export interface JobFilter {
  readonly kind: string | null;
  readonly status: Job['status'] | null;
}

interface JobRow {
  id: string;
  kind: string;
  key: string;
  status: Job['status'];
  requested_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  attempts: number;
  error: string | null;
  result: Record<string, unknown> | null;
  steps: string;
  steps_done: string;
  source: string | null;
  as_of: string;
  state: NonNullable<Job['run']>['state'];
  model_id: string | null;
}

const CHOSEN = '($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR status = $2)';

/** Work that was asked for and what became of it, the newest first: loads of files, runs of models, exports. */
export async function readJobs(db: Queryable, filter: JobFilter, page: Page): Promise<Omit<Jobs, 'serverTime'>> {
  const chosen = [filter.kind, filter.status];
  const kinds = await db.query<{ kind: string; jobs: string; failed: string; chosen: string }>(
    `SELECT kind, count(*) AS jobs, count(*) FILTER (WHERE status = 'failed') AS failed,
       count(*) FILTER (WHERE ${CHOSEN}) AS chosen
     FROM ops.job_runs GROUP BY kind ORDER BY kind`,
    chosen,
  );
  const { rows } = await db.query<JobRow>(
    `SELECT j.id, j.kind, j.key, j.status, j.requested_at, j.started_at, j.finished_at, j.attempts, j.error, j.result,
       s.steps, s.steps_done, r.source, r.as_of::text, r.state, r.model_id
     FROM (SELECT * FROM ops.job_runs WHERE ${CHOSEN} ORDER BY id DESC LIMIT $3 OFFSET $4) j
     LEFT JOIN ops.model_runs r ON r.job_id = j.id
     CROSS JOIN LATERAL (SELECT count(*) AS steps, count(*) FILTER (WHERE status = 'done') AS steps_done
       FROM ops.job_steps WHERE job_id = j.id) s
     ORDER BY j.id DESC`,
    [...chosen, page.limit, page.offset],
  );
  return {
    kinds: kinds.rows.map((row) => ({ kind: row.kind, jobs: toCount(row.jobs), failed: toCount(row.failed) })),
    total: kinds.rows.reduce((sum, row) => sum + toCount(row.chosen), 0),
    ...page,
    jobs: rows.map(jobOf),
  };
}

function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    key: row.key,
    status: row.status,
    requestedAt: row.requested_at.toISOString(),
    startedAt: toIso(row.started_at),
    finishedAt: toIso(row.finished_at),
    attempts: row.attempts,
    error: row.error,
    figures: figuresOf(row.result),
    steps: toCount(row.steps),
    stepsDone: toCount(row.steps_done),
    run: row.source === null ? null : { source: row.source, asOf: row.as_of, state: row.state, modelId: row.model_id },
  };
}

/** What of a job's result is a number. */
function figuresOf(result: Record<string, unknown> | null): Record<string, number> {
  const numbers = Object.entries(result ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return Object.fromEntries(numbers);
}

interface ModelRow {
  id: string;
  kind: string;
  source: string;
  algorithm: string;
  role: LearnedModel['role'];
  rows: string;
  as_of: string;
  trained_at: Date;
  promoted_at: Date | null;
  held_reasons: string[];
}

/** What was learned from customers: those that readers see first, then the newest. */
export async function readLearnedModels(db: Queryable, page: Page): Promise<Omit<LearnedModels, 'serverTime'>> {
  const total = await db.query<{ total: string }>('SELECT count(*) AS total FROM ops.models');
  const { rows } = await db.query<ModelRow>(
    `SELECT id, kind, source, algorithm, role, rows, as_of::text, trained_at, promoted_at, held_reasons FROM ops.models
     ORDER BY role <> 'champion', trained_at DESC, id LIMIT $1 OFFSET $2`,
    [page.limit, page.offset],
  );
  return {
    total: toCount(total.rows[0]?.total),
    ...page,
    models: rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      source: row.source,
      algorithm: row.algorithm,
      role: row.role,
      rows: toCount(row.rows),
      asOf: row.as_of,
      trainedAt: row.trained_at.toISOString(),
      promotedAt: toIso(row.promoted_at),
      heldReasons: row.held_reasons,
    })),
  };
}
