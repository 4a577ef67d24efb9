import type { FindingState, Job } from '../../api-types.ts';
import { wholeNumber } from '../../report/use-search.ts';

export const FINDING_STATES: readonly FindingState[] = ['open', 'repaired', 'closed'];
export const JOB_STATUSES: readonly Job['status'][] = ['queued', 'running', 'done', 'failed'];

/** What the reader chose on the Pipeline page; nonsense in the address is no choice. Pages count from 0. */
export interface PipelineChoice {
  /** Id whose way is shown. */
  readonly key: string | null;
  readonly state: FindingState | null;
  readonly findingsPage: number;
  readonly kind: string | null;
  readonly status: Job['status'] | null;
  readonly jobsPage: number;
  readonly buildsPage: number;
  readonly modelsPage: number;
  readonly learnedPage: number;
}

export function readPipelineChoice(search: URLSearchParams): PipelineChoice {
  return {
    key: search.get('key')?.trim() || null,
    state: FINDING_STATES.find((state) => state === search.get('state')) ?? null,
    findingsPage: wholeNumber(search.get('findings')),
    kind: search.get('kind') || null,
    status: JOB_STATUSES.find((status) => status === search.get('status')) ?? null,
    jobsPage: wholeNumber(search.get('jobs')),
    buildsPage: wholeNumber(search.get('builds')),
    modelsPage: wholeNumber(search.get('models')),
    learnedPage: wholeNumber(search.get('learned')),
  };
}

/** The address that shows the way of an id. */
export function tracePath(id: string): string {
  return `/pipeline?${new URLSearchParams({ key: id }).toString()}`;
}
