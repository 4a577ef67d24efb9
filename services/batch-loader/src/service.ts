import { errorMessage, sleep } from '@ebb/core';
import type { Logger, Readiness, Service } from '@ebb/runtime';
import type { Loader } from './load/loader.ts';
import type { PassReport } from './load/pass-report.ts';
import type { LoaderMetrics } from './metrics.ts';
import type { FileSource } from './source/file-source.ts';

export interface LoaderServiceDeps {
  readonly loader: Loader;
  readonly sources: readonly FileSource[];
  readonly metrics: LoaderMetrics;
  readonly logger: Logger;
  readonly pollMs: number;
  /** Work that others ask for, beside the looks; ends with the signal. */
  readonly jobs: (signal: AbortSignal) => Promise<void>;
}

/** Looks at its sources again and again. */
export class LoaderService implements Service {
  readonly #deps: LoaderServiceDeps;
  readonly #stopping = new AbortController();
  readonly #failures = new Map<string, string>();

  constructor(deps: LoaderServiceDeps) {
    this.#deps = deps;
  }

  readiness(): Readiness {
    const reasons = this.#stopping.signal.aborted ? ['stopping'] : [];
    for (const [source, failure] of this.#failures) reasons.push(`${source}: ${failure}`);
    return { ready: reasons.length === 0, reasons };
  }

  async run(): Promise<void> {
    await Promise.all([this.#watch(), this.#deps.jobs(this.#stopping.signal)]);
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return Promise.resolve();
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      for (const source of this.#deps.sources) await this.#look(source);
      await sleep(this.#deps.pollMs, this.#stopping.signal);
    }
  }

  async #look(source: FileSource): Promise<void> {
    const { loader, metrics, logger } = this.#deps;
    const startedAt = Date.now();
    try {
      const report = await loader.pass({ source, signal: this.#stopping.signal });
      metrics.pass(source.id, report, (Date.now() - startedAt) / 1000);
      this.#failures.delete(source.id);
      logReport(logger, source.id, report);
    } catch (error) {
      // A store that is away is looked at again next time.
      const message = errorMessage(error);
      this.#failures.set(source.id, message);
      metrics.failed(source.id);
      logger.warn({ event: 'look_failed', source: source.id, message });
    }
  }
}

export function logReport(logger: Logger, source: string, report: PassReport): void {
  for (const { name, rows, rejected, rules } of report.loaded) {
    const level = rejected > 0 ? 'warn' : 'info';
    logger[level]({ event: 'file_loaded', source, name, rows, rejected, rules });
  }
  for (const { name, rules, message } of report.quarantined) {
    logger.error({ event: 'file_quarantined', source, name, rules, message });
  }
  for (const { name, message } of report.failed) logger.error({ event: 'file_failed', source, name, message });
  for (const key of report.duplicates) logger.info({ event: 'file_duplicate', source, key });
}
