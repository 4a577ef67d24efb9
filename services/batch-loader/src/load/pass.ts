import { errorMessage, isEbbError } from '@ebb/core';
import { claimOf } from '../datasets/catalogue.ts';
import type { Claim } from '../datasets/dataset.ts';
import type { KnownFile } from '../ledger/files-store.ts';
import { type Content, takeContent } from '../source/content.ts';
import type { FileSource, FoundFile } from '../source/file-source.ts';
import { needsReading } from './decide.ts';
import { type FileResult, loadContent, type LoadDeps } from './load-file.ts';
import { emptyReport, type PassReport } from './pass-report.ts';
import type { SettleWatch } from './settle-watch.ts';
import { forgetRefusals } from './sweep.ts';

export interface PassDeps extends LoadDeps {
  readonly settle: SettleWatch;
  readonly truncatedWaitMs: number;
  readonly spoolFolder: string;
  /** Look again at files that were refused. */
  readonly isRetrying: boolean;
  /** Ends between two files. */
  readonly isOver: () => boolean;
}

interface Work {
  file: FoundFile;
  claim: Claim;
  known: KnownFile | null;
}

/** One look at a source, and what follows from it. */
export class Pass {
  readonly #deps: PassDeps;
  readonly #source: FileSource;
  readonly #report: PassReport = emptyReport();

  constructor(deps: PassDeps, source: FileSource) {
    this.#deps = deps;
    this.#source = source;
  }

  async run(prefix: string): Promise<PassReport> {
    const known = await this.#deps.files.known(this.#source.id);
    for await (const file of this.#source.list(prefix)) {
      if (this.#deps.isOver()) break;
      this.#report.found += 1;
      const claim = claimOf(file.key);
      if (claim === null) this.#report.ignored += 1;
      else await this.#look({ file, claim, known: known.get(file.key) ?? null });
    }
    return this.#report;
  }

  async #look(work: Work): Promise<void> {
    const { deps, source } = { deps: this.#deps, source: this.#source };
    const isRetried = deps.isRetrying && work.known?.status === 'quarantined';
    if (!isRetried && !needsReading(work.file, work.claim, work.known, deps.visible)) return;
    if (!source.isAtomic && !deps.settle.isSettled(work.file, deps.now())) {
      this.#wait(work, [], 'written to a moment ago');
      return;
    }
    const fileId = await deps.files.record(source.id, work.file, work.claim, work.known);
    if (await this.#wasShown(fileId, work)) return;
    try {
      await this.#read(fileId, work);
    } catch (error) {
      if (isEbbError(error, 'SOURCE_CHANGED')) this.#wait(work, [], error.message);
      else await this.#fail(fileId, work, error);
    }
  }

  /** An interrupted load may have made its rows visible, and only not have written that down. */
  async #wasShown(fileId: string, { claim, known, file }: Work): Promise<boolean> {
    if (known?.status !== 'loading' || known.version !== file.version) return false;
    const shown = this.#deps.visible.named(claim.dataset.name, claim.name);
    if (shown === null || shown.loadId !== known.loadId) return false;
    const { rows, rejected } = shown;
    await this.#deps.files.finish(fileId, { status: 'loaded', rows, rejected });
    await this.#deps.files.markReplaced(claim.dataset.name, claim.name, shown.loadId);
    this.#report.loaded.push({ name: claim.name, dataset: claim.dataset.name, rows, rejected, rules: [] });
    return true;
  }

  async #read(fileId: string, work: Work): Promise<void> {
    const { visible, spoolFolder } = this.#deps;
    const content = await takeContent(this.#source, work.file, spoolFolder);
    try {
      const { dataset, name } = work.claim;
      const loadedAs = visible.nameOfContent(dataset.name, content.sha256, name);
      if (loadedAs === null) await this.#load(fileId, work, content);
      else await this.#duplicate(fileId, work, { sha256: content.sha256, loadedAs });
    } finally {
      await content.dispose();
    }
  }

  async #duplicate(
    fileId: string,
    { claim, file }: Work,
    content: { sha256: string; loadedAs: string },
  ): Promise<void> {
    const { files, clickhouse } = this.#deps;
    const { sha256, loadedAs } = content;
    if (loadedAs === claim.name) await forgetRefusals(clickhouse, claim.dataset.name, claim.name);
    const message = `the same content is loaded as ${loadedAs}`;
    await files.finish(fileId, { status: 'duplicate', sha256, duplicateOf: loadedAs, message });
    this.#report.duplicates.push(file.key);
  }

  async #load(fileId: string, work: Work, content: Content): Promise<void> {
    const result = await loadContent(this.#deps, fileId, work.claim, content);
    if (result.status !== 'truncated') {
      this.#note(work.claim, result);
      return;
    }
    const ageMs = this.#deps.now() - work.file.modifiedAtMs;
    if (ageMs >= this.#deps.truncatedWaitMs) {
      this.#note(work.claim, await result.refuse());
      return;
    }
    const { message, broken } = result.refusal;
    const rules = broken.map(({ rule }) => rule);
    await this.#deps.files.finish(fileId, { status: 'waiting', rules, message });
    this.#wait(work, rules, `${message}; waiting for the rest`);
  }

  #note({ name, dataset }: Claim, result: FileResult): void {
    if (result.status === 'loaded') this.#report.loaded.push({ name, dataset: dataset.name, ...result });
    if (result.status === 'quarantined') this.#report.quarantined.push({ name, ...result });
  }

  #wait({ claim }: Work, rules: readonly string[], message: string): void {
    this.#report.waiting.push({ name: claim.name, rules, message });
  }

  /** Not the file's fault: it is tried again at the next look. A store that is away ends this one. */
  async #fail(fileId: string, { claim }: Work, error: unknown): Promise<void> {
    const message = errorMessage(error);
    if (isEbbError(error) && error.retryable && error.code !== 'SOURCE_UNREADABLE') throw error;
    if (!isEbbError(error)) throw error;
    await this.#deps.files.finish(fileId, { status: 'failed', message });
    this.#report.failed.push({ name: claim.name, rules: [], message });
  }
}
