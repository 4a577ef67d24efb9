import type { Pool } from '@ebb/postgres';
import { JOB_KINDS } from '../jobs/worker-jobs.ts';
import { isFresh, modelAgeDays } from '../registry/model-age.ts';

export interface MonitoredRun {
  readonly kind: string;
  readonly source: string | null;
  readonly key: string;
  readonly status: string;
  readonly state: string | null;
  readonly asOf: string | null;
  readonly finishedAt: Date | null;
  readonly error: string | null;
  /** Steps that are logged, and those of them that are done. */
  readonly steps: number;
  readonly stepsDone: number;
  readonly metrics: Readonly<Record<string, unknown>> | null;
}

export interface Champion {
  readonly kind: string;
  readonly source: string;
  readonly id: string;
  readonly trainedAt: Date;
  readonly metrics: Readonly<Record<string, unknown>>;
}

export interface Monitor {
  readonly runs: readonly MonitoredRun[];
  readonly champions: readonly Champion[];
  /** What is not as it should be; never empty where there is nothing to show. */
  readonly troubles: readonly string[];
}

/** The last runs of every kind and source with their figures, and what is wrong with them. */
export async function readMonitor(pool: Pool, { runs, nowMs }: { runs: number; nowMs: number }): Promise<Monitor> {
  const found = await lastRuns(pool, runs);
  const { rows: champions } = await pool.query<Champion>(
    `SELECT kind, source, id, trained_at AS "trainedAt", metrics FROM ops.models WHERE role = 'champion'
     ORDER BY kind, source`,
  );
  return { runs: found, champions, troubles: troublesOf(found, champions, nowMs) };
}

async function lastRuns(pool: Pool, limit: number): Promise<MonitoredRun[]> {
  const { rows } = await pool.query<MonitoredRun>(
    `SELECT * FROM (
       SELECT j.kind, coalesce(r.source, j.params ->> 'source') AS source, j.key, j.status, r.state,
         r.as_of AS "asOf", j.finished_at AS "finishedAt", j.error, s.steps, s.done AS "stepsDone",
         coalesce(r.metrics, j.result) AS metrics,
         row_number() OVER (PARTITION BY j.kind, coalesce(r.source, j.params ->> 'source') ORDER BY j.id DESC) AS age
       FROM ops.job_runs j
       LEFT JOIN ops.model_runs r ON r.job_id = j.id
       LEFT JOIN LATERAL (SELECT count(*)::int AS steps, count(*) FILTER (WHERE status = 'done')::int AS done
                          FROM ops.job_steps WHERE job_id = j.id) s ON true
       WHERE j.kind = ANY($1)) runs
     WHERE age <= $2 ORDER BY kind, source, age`,
    [JOB_KINDS, limit],
  );
  return rows;
}

/** Everything a green answer must not hide. */
export function troublesOf(runs: readonly MonitoredRun[], champions: readonly Champion[], nowMs: number): string[] {
  if (runs.length === 0) return ['no model has been run yet: ebb models monitor has nothing to show'];
  const troubles: string[] = [];
  const seen = new Set<string>();
  for (const run of runs) {
    const what = `${run.kind} of ${run.source ?? 'no source'}`;
    if (seen.has(what)) continue;
    seen.add(what);
    const trouble = troubleOf(run, nowMs);
    if (trouble !== null) troubles.push(`${what} ${trouble}`);
  }
  if (champions.length === 0) troubles.push('no model is champion, so nothing is published');
  for (const { kind, source, trainedAt } of champions) {
    if (isFresh(trainedAt, nowMs)) continue;
    troubles.push(`the champion of ${kind} of ${source} is ${modelAgeDays(trainedAt, nowMs)} days old: train it again`);
  }
  return troubles;
}

function troubleOf({ status, state, error, finishedAt, steps, stepsDone }: MonitoredRun, nowMs: number): string | null {
  // Failed longer ago than models are used: who still needs this kind has an old champion, or none, which is told as well.
  if (status === 'failed') return finishedAt === null || isFresh(finishedAt, nowMs) ? `failed: ${error}` : null;
  if (status === 'done' && (steps === 0 || stepsDone < steps)) {
    return `is done, and ${stepsDone} of its ${steps} steps are logged as done`;
  }
  return state === 'held' ? 'was held back by the gate: see ebb models list' : null;
}
