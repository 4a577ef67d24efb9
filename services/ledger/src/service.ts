import { errorMessage, sleep } from '@ebb/core';
import type { Logger, Readiness, Service } from '@ebb/runtime';
import type { CycleReport, Ledger } from './ledger.ts';
import type { LedgerMetrics } from './metrics.ts';

export interface LedgerServiceDeps {
  readonly ledger: Ledger;
  readonly metrics: LedgerMetrics;
  readonly logger: Logger;
  readonly cycleMs: number;
  /** Repair what is found at once. */
  readonly isRepairing: boolean;
}

/** A round of checks every minute. It reads what others write, and holds nothing up. */
export class LedgerService implements Service {
  readonly #deps: LedgerServiceDeps;
  readonly #stopping = new AbortController();
  #failure: string | null = null;

  constructor(deps: LedgerServiceDeps) {
    this.#deps = deps;
  }

  readiness(): Readiness {
    const reasons = this.#stopping.signal.aborted ? ['stopping'] : [];
    if (this.#failure !== null) reasons.push(this.#failure);
    return { ready: reasons.length === 0, reasons };
  }

  async run(): Promise<void> {
    const { cycleMs } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now();
      await this.#round();
      await sleep(Math.max(0, startedAt + cycleMs - Date.now()), this.#stopping.signal);
    }
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return Promise.resolve();
  }

  async #round(): Promise<void> {
    const { ledger, metrics, logger, isRepairing } = this.#deps;
    try {
      const report = await ledger.cycle({ isFull: false, signal: this.#stopping.signal });
      metrics.cycle(report);
      this.#failure = null;
      this.#log(report);
      if (isRepairing && report.open.some(({ repairedAt }) => repairedAt === null)) {
        const outcome = await ledger.repair(null);
        metrics.repaired(outcome);
        logger.warn({ event: 'findings_repaired', repaired: outcome.repaired, failed: outcome.failed.length });
      }
    } catch (error) {
      // A store that is away is looked at again in the next round.
      this.#failure = `the last round failed: ${errorMessage(error)}`;
      metrics.failed();
      logger.warn({ event: 'cycle_failed', message: errorMessage(error) });
    }
  }

  #log(report: CycleReport): void {
    const { logger } = this.#deps;
    for (const { table, key, kind, hop, store } of report.found) {
      logger.error({ event: 'finding', table, key, kind, hop, store });
    }
    for (const { id, table, key } of report.verified) logger.info({ event: 'finding_verified', id, table, key });
    logger.info({
      event: 'cycle',
      rows: report.rows,
      seconds: Number(report.seconds.toFixed(2)),
      engineSeconds: Number(report.engineSeconds.toFixed(3)),
      open: report.open.length,
      oldestSeconds: report.oldestSeconds,
      problems: report.problems,
    });
  }
}
