import type { Logger } from '@ebb/runtime';
import type { ConnectorMetrics } from '../metrics.ts';
import { type Problem, PROBLEM_CODES } from './problems.ts';

const REMIND_MS = 300_000;

/** Logs a problem when it appears, again every five minutes, and when it is over; counts them as metrics. */
export class Alerts {
  readonly #logger: Logger;
  readonly #metrics: ConnectorMetrics;
  readonly #told = new Map<string, { problem: Problem; atMs: number }>();

  constructor(logger: Logger, metrics: ConnectorMetrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  current(): Problem[] {
    return [...this.#told.values()].map(({ problem }) => problem);
  }

  update(problems: readonly Problem[], nowMs: number): void {
    const keys = new Set(problems.map(keyOf));
    for (const [key, { problem }] of this.#told) {
      if (keys.has(key)) continue;
      this.#told.delete(key);
      this.#logger.info({ event: 'problem_over', code: problem.code, subject: problem.subject });
    }
    for (const problem of problems) this.#tell(problem, nowMs);
    for (const code of PROBLEM_CODES) {
      this.#metrics.problems.set({ code }, problems.filter((problem) => problem.code === code).length);
    }
  }

  #tell(problem: Problem, nowMs: number): void {
    const before = this.#told.get(keyOf(problem));
    const isDue = before === undefined || nowMs - before.atMs >= REMIND_MS;
    this.#told.set(keyOf(problem), { problem, atMs: isDue ? nowMs : before.atMs });
    if (isDue) this.#logger.warn({ event: 'problem', ...problem });
  }
}

function keyOf({ code, subject }: Problem): string {
  return `${code} ${subject}`;
}
