import { errorMessage, sleep } from '@ebb/core';
import type { Readiness, Service } from '@ebb/runtime';
import { type JobsContext, workSegmentationJobs } from './jobs/worker-jobs.ts';

const LOOK_MS = 2_000;
/** Nobody stores it: that the store says so is answer enough. Not `models`, which is a folder where objects are files. */
const PROBE_KEY = 'models/probe';

/** Works jobs until it is stopped; beside another worker it waits for its turn, which is ready too. */
export class SegmentationService implements Service {
  readonly #context: JobsContext;
  readonly #stopping = new AbortController();
  #reasons: readonly string[] = ['starting'];

  constructor(context: JobsContext) {
    this.#context = context;
  }

  readiness(): Readiness {
    const reasons = this.#stopping.signal.aborted ? ['stopping'] : [...this.#reasons];
    return { ready: reasons.length === 0, reasons };
  }

  async run(): Promise<void> {
    try {
      await Promise.all([workSegmentationJobs(this.#context, this.#stopping.signal), this.#watch()]);
    } finally {
      this.#stopping.abort();
    }
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return Promise.resolve();
  }

  /** Looks whether the servers that jobs need answer. */
  async #watch(): Promise<void> {
    const { pool, clickhouse, store } = this.#context;
    while (!this.#stopping.signal.aborted) {
      const found = await Promise.all([
        reasonOf('postgres', pool.query('SELECT 1')),
        reasonOf('clickhouse', clickhouse.ping()),
        reasonOf('object store', store.stat(PROBE_KEY)),
      ]);
      this.#reasons = found.filter((reason) => reason !== null);
      await sleep(LOOK_MS, this.#stopping.signal);
    }
  }
}

function reasonOf(server: string, answer: Promise<unknown>): Promise<string | null> {
  return answer.then(
    () => null,
    (error: unknown) => `${server}: ${errorMessage(error)}`,
  );
}
