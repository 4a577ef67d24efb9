import type { JobEvent } from '@ebb/postgres';
import type { Metrics } from '@ebb/runtime';

export interface WorkerMetrics {
  job(event: JobEvent): void;
  step(kind: string, step: string, seconds: number): void;
}

const STEP_SECONDS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300];

export function createWorkerMetrics(metrics: Metrics): WorkerMetrics {
  const jobs = metrics.counter('jobs_total', 'Jobs so far, by what became of them', ['kind', 'outcome']);
  const running = metrics.gauge('running_jobs', 'Jobs under way', ['kind']);
  const last = metrics.gauge('last_done_timestamp_seconds', 'When a job of this kind last succeeded', ['kind']);
  const steps = metrics.histogram('step_seconds', 'Time of a step, s', STEP_SECONDS, ['kind', 'step']);
  return {
    job: ({ kind, outcome }) => {
      jobs.inc({ kind, outcome });
      running.set({ kind }, outcome === 'started' ? 1 : 0);
      if (outcome === 'done') last.set({ kind }, Date.now() / 1000);
    },
    step: (kind, step, seconds) => steps.observe({ kind, step }, seconds),
  };
}
