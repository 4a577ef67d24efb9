import type { Clickhouse } from '@ebb/clickhouse';
import { sleep } from '@ebb/core';
import { connectClient, type Pool } from '@ebb/postgres';
import type { CopyTarget } from '../formats/parquet-copy.ts';
import { FilesStore } from '../ledger/files-store.ts';
import type { FileSource } from '../source/file-source.ts';
import type { LoadRules } from './load-file.ts';
import { mergeReports, type PassReport } from './pass-report.ts';
import { Pass } from './pass.ts';
import { SettleWatch } from './settle-watch.ts';
import { sweep } from './sweep.ts';
import { VisibleLoads } from './visible-loads.ts';

export interface LoaderOptions {
  /** A file in a folder rests so long before it is read. */
  readonly settleMs: number;
  /** A file that ends too early is given so long to grow before it is refused. */
  readonly truncatedWaitMs: number;
  readonly rules: LoadRules;
  /** For copies of files that are too large for memory. */
  readonly spoolFolder: string;
}

export interface LoaderStores {
  readonly pool: Pool;
  /** Of the same database: the lock needs a connection of its own. */
  readonly postgresUrl: string;
  readonly clickhouse: Clickhouse;
  /** Where Parquet copies of documents go; null: nowhere. */
  readonly copies: CopyTarget | null;
}

export interface LoadRequest {
  readonly source: FileSource;
  readonly signal: AbortSignal;
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** Look again at files that were refused: a rule or a setting changed. */
  readonly isRetrying?: boolean;
}

/** Two loaders at once would take the same files. The number is this lock's own. */
const LOCK = 4_212_020;
const LOOK_AGAIN_MS = 500;

/** Brings what is new in a source into the warehouse. */
export class Loader {
  readonly #stores: LoaderStores;
  readonly #options: LoaderOptions;
  readonly #settle: SettleWatch;
  #isSwept = false;

  constructor(stores: LoaderStores, options: LoaderOptions) {
    this.#stores = stores;
    this.#options = options;
    this.#settle = new SettleWatch(options.settleMs);
  }

  /** Loads what is there, and waits for files that are still being written, as long as they may need. */
  async loadAll(request: LoadRequest): Promise<PassReport> {
    const { settleMs, truncatedWaitMs } = this.#options;
    const deadline = Date.now() + 2 * settleMs + truncatedWaitMs;
    let report = await this.pass(request);
    while (report.waiting.length > 0 && Date.now() < deadline && !request.signal.aborted) {
      await sleep(LOOK_AGAIN_MS, request.signal);
      report = mergeReports(report, await this.pass({ ...request, isRetrying: false }));
    }
    return report;
  }

  /** One look at the source. */
  pass(request: LoadRequest): Promise<PassReport> {
    return this.#alone(request.signal, async (isOver) => {
      const { clickhouse, pool, copies } = this.#stores;
      const visible = new VisibleLoads(clickhouse);
      await visible.read();
      if (!this.#isSwept) await sweep(clickhouse);
      this.#isSwept = true;
      const deps = { ...this.#options, clickhouse, copies, visible, files: new FilesStore(pool), settle: this.#settle };
      const isRetrying = request.isRetrying ?? false;
      const pass = new Pass({ ...deps, isOver, isRetrying, now: Date.now }, request.source);
      const report = await pass.run(request.prefix ?? '');
      if (report.loaded.length + report.quarantined.length + report.waiting.length > 0) await sweep(clickhouse);
      return { ...report, lastDay: visible.lastDay('retail_transactions') };
    });
  }

  /** Takes the rows of a file out of what is visible, until its content changes. */
  withdraw(dataset: string, name: string, reason: string): Promise<void> {
    return this.#alone(new AbortController().signal, async () => {
      const { clickhouse, pool } = this.#stores;
      const visible = new VisibleLoads(clickhouse);
      await visible.read();
      const files = new FilesStore(pool);
      const load = visible.mustBeNamed(dataset, name);
      await files.markWithdrawn(dataset, name, reason);
      await visible.withdraw(load, await files.nextLoadId(visible.highestLoadId));
      await sweep(clickhouse);
    });
  }

  /** One at a time, whichever process it is in; a process that dies gives its turn away. */
  async #alone<T>(signal: AbortSignal, work: (isOver: () => boolean) => Promise<T>): Promise<T> {
    let isLockLost = false;
    const lock = await connectClient({
      url: this.#stores.postgresUrl,
      applicationName: 'batch-loader-lock',
      onError: () => {
        isLockLost = true;
      },
    });
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [LOCK]);
      return await work(() => signal.aborted || isLockLost);
    } finally {
      await lock.end();
    }
  }
}
