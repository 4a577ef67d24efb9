import { must } from '@ebb/core';
import { findProcesses } from '@ebb/local-stack';
import { eventually } from '@ebb/testing';
import { expect } from 'vitest';
import type { AirflowGround } from './airflow-ground.ts';
import { type AirflowRun, triggerByHand } from './airflow-pages.ts';
import { keep } from './kept.ts';

export const RUN_TIMEOUT_MS = 3_000_000;

/** Clicks Trigger; the run that this began. */
export async function trigger({ page, airflow, api }: AirflowGround, dag: string): Promise<AirflowRun> {
  const before = await api.runByHand(dag);
  await triggerByHand(page, airflow, dag, () => keep(page, `trigger-${dag}`));
  return eventually(
    async () => {
      const run = must(await api.runByHand(dag), 'a run by hand');
      expect(run.dag_run_id).not.toBe(before?.dag_run_id);
      return run;
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
}

/** Waits for the end of a run, which must be this one, and shows it. */
export async function ended(
  { page, airflow, api }: AirflowGround,
  dag: string,
  run: AirflowRun,
  state: 'success' | 'failed',
): Promise<void> {
  const found = await eventually(
    async () => {
      const now = await api.run(dag, run);
      expect(now.state).toMatch(/success|failed/);
      return now;
    },
    { timeoutMs: RUN_TIMEOUT_MS, intervalMs: 3_000 },
  );
  expect({ ...found, tasks: await api.taskStates(dag, run) }).toMatchObject({ state });
  await page.goto(`${airflow.url}/dags/${dag}/runs/${encodeURIComponent(run.dag_run_id)}`);
  const shown = state === 'success' ? 'Success' : 'Failed';
  await page.getByText(shown, { exact: true }).first().waitFor();
}

/** `kill -9` of the process that Airflow runs the task in, as soon as there is one. */
export async function killTask(taskInstanceId: string, timeoutMs = 60_000): Promise<void> {
  const title = `airflow worker -- ${taskInstanceId}`;
  await eventually(
    () => {
      const [found] = findProcesses((argv) => argv.join(' ').trim() === title);
      process.kill(must(found, title).pid, 'SIGKILL');
    },
    { timeoutMs },
  );
}

export interface JobUnderWay {
  readonly id: string;
  /** The task that asked for it. */
  readonly task: string;
}

const MODELS = ['rfm_segments', 'behaviour_clusters', 'clv', 'churn_scores'];

/** A run of a model that a worker is in the middle of for this run of Airflow. */
export function modelUnderWay(
  { pool }: AirflowGround,
  dag: string,
  run: AirflowRun,
  butNot: string | null = null,
): Promise<JobUnderWay> {
  const prefix = `${dag}/${run.dag_run_id}/`;
  return eventually(
    async () => {
      const { rows } = await pool.query<{ id: string; key: string }>(
        `SELECT j.id, j.key FROM ops.job_runs j JOIN ops.job_steps s ON s.job_id = j.id AND s.status = 'running'
         WHERE j.status = 'running' AND starts_with(j.key, $1) AND j.kind = ANY($2) AND j.id IS DISTINCT FROM $3`,
        [prefix, MODELS, butNot],
      );
      const { id, key } = must(rows[0], 'a job under way');
      return { id, task: must(key.slice(prefix.length).split('#')[0], 'a task') };
    },
    { timeoutMs: RUN_TIMEOUT_MS, intervalMs: 10 },
  );
}
