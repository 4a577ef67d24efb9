import type { TraceStep } from '../../api-types.ts';
import { formatDuration } from '../../format.ts';

export interface StepRow extends TraceStep {
  /** Place in the way, from 0. */
  readonly place: number;
  /** Since the step before that has a time; empty where none is known, or where this one is older. */
  readonly after: string;
}

/** Steps with what each took. A row that was stored once more later is older in one place than in the one before. */
export function stepRows(steps: readonly TraceStep[]): StepRow[] {
  let beforeMs: number | null = null;
  return steps.map((step, place) => {
    const atMs = step.at === null ? null : Date.parse(step.at);
    const tookMs: number | null = atMs === null || beforeMs === null ? null : atMs - beforeMs;
    if (atMs !== null) beforeMs = atMs;
    return { ...step, place, after: tookMs === null || tookMs < 0 ? '' : `+${formatDuration(tookMs)}` };
  });
}
