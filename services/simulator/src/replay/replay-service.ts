import { type Clock, must, sleep } from '@ebb/core';
import type { OutgoingMessage } from '@ebb/kafka';
import type { Delivery } from '../delivery/delivery.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import type { Progress } from './progress.ts';
import { badLineMessage, documentMessage } from './replay-messages.ts';
import { dueMs, planShift } from './replay-plan.ts';
import { readRetailFile, type RetailFile } from './retail-file.ts';

export interface ReplayOptions {
  paths: readonly string[];
  source: string;
  /** Midnight of the day that the last document shall fall on; null keeps the historical days. */
  shiftToMs: number | null;
  /** Historical seconds per second; null: as fast as possible. */
  speed: number | null;
  /** Forgets how far an interrupted replay got. */
  restart: boolean;
  home: string;
  brokers: readonly string[];
  purchaseTopic: string;
  deadLetterTopic: string;
}

export interface ReplaySummary {
  documents: number;
  /** Of these, acknowledged in an earlier, interrupted run. */
  resumedAfter: number;
  badLines: number;
  shiftDays: number;
  stopped: boolean;
}

export interface ReplayDeps {
  delivery: Delivery;
  progress: Progress;
  clock: Clock;
}

const BATCH_DOCUMENTS = 400;
const BATCH_BYTES = 600_000;
const CHECKPOINT_EVERY_MS = 250;
const LONGEST_WAIT_MS = 1_000;

/** Sends the documents of every file, in the files' order, each file's by time. */
export async function replayFiles(
  options: ReplayOptions,
  deps: ReplayDeps,
  signal: AbortSignal,
): Promise<ReplaySummary> {
  const first = await surveyFiles(options, deps);
  const { shiftDays } = first;
  const total: ReplaySummary = { documents: 0, resumedAfter: 0, badLines: 0, shiftDays, stopped: false };
  for (const path of options.paths) {
    const file = first.only ?? (await readRetailFile(path));
    const done = await new FileReplay(file, { ...options, shiftDays }, deps).run(signal);
    total.documents += done.documents;
    total.resumedAfter += done.resumedAfter;
    total.badLines += file.badLines.length;
    total.stopped = signal.aborted;
    if (signal.aborted) break;
  }
  return total;
}

/** The shift needs the last day of all files; several are read once more afterwards, so that one at a time is held. */
async function surveyFiles(
  options: ReplayOptions,
  deps: ReplayDeps,
): Promise<{ shiftDays: number; only: RetailFile | null }> {
  let only: RetailFile | null = null;
  const files: Pick<RetailFile, 'lastTimeMs'>[] = [];
  for (const path of options.paths) {
    deps.progress.note(`reading ${path}`);
    const file = await readRetailFile(path);
    files.push({ lastTimeMs: file.lastTimeMs });
    if (options.paths.length === 1) only = file;
  }
  return { shiftDays: planShift(files, options.shiftToMs, deps.clock.nowMs()), only };
}

class FileReplay {
  readonly #file: RetailFile;
  readonly #options: ReplayOptions & { shiftDays: number };
  readonly #deps: ReplayDeps;
  readonly #checkpoint: CheckpointStore;
  #checkpointedMs = 0;

  constructor(file: RetailFile, options: ReplayOptions & { shiftDays: number }, deps: ReplayDeps) {
    this.#file = file;
    this.#options = options;
    this.#deps = deps;
    this.#checkpoint = new CheckpointStore(options.home, {
      fileSha256: file.sha256,
      source: options.source,
      shiftDays: options.shiftDays,
      topic: options.purchaseTopic,
      brokers: options.brokers,
    });
  }

  async run(signal: AbortSignal): Promise<{ documents: number; resumedAfter: number }> {
    const { documents } = this.#file;
    if (this.#options.restart) this.#checkpoint.clear();
    const resumedAfter = Math.min(this.#checkpoint.read(), documents.length);
    if (resumedAfter > 0) this.#deps.progress.note(`${this.#file.path}: resuming after ${resumedAfter} documents`);
    await this.#sendBadLines(signal);
    const startedMs = this.#deps.clock.nowMs();
    let next = resumedAfter;
    while (next < documents.length && !signal.aborted) {
      const count = await this.#sendDue(next, resumedAfter, startedMs, signal);
      next += count;
      if (count > 0) this.#keep(next);
    }
    if (next === documents.length) this.#checkpoint.clear();
    else this.#checkpoint.write(next);
    return { documents: next, resumedAfter };
  }

  async #sendBadLines(signal: AbortSignal): Promise<void> {
    const { badLines } = this.#file;
    const now = this.#deps.clock.nowMs();
    for (let from = 0; from < badLines.length && !signal.aborted; from += BATCH_DOCUMENTS) {
      const messages = badLines
        .slice(from, from + BATCH_DOCUMENTS)
        .map((line) => badLineMessage(this.#file, line, this.#options.source, now));
      await this.#deliver(this.#options.deadLetterTopic, messages, signal);
    }
  }

  /** How many were acknowledged: all, or none when the replay is stopped during an outage. */
  async #deliver(topic: string, messages: OutgoingMessage[], signal: AbortSignal): Promise<number> {
    if (messages.length === 0) return 0;
    try {
      await this.#deps.delivery.deliver([{ topic, messages }], signal);
      return messages.length;
    } catch (error) {
      if (signal.aborted) return 0;
      throw error;
    }
  }

  /** Sends what is due from a position on, at most a batch; waits when nothing is. Returns how many were sent. */
  async #sendDue(from: number, first: number, startedMs: number, signal: AbortSignal): Promise<number> {
    const { documents } = this.#file;
    const firstTimeMs = must(documents[first], 'a document').timeMs;
    const nowMs = this.#deps.clock.nowMs();
    const messages: OutgoingMessage[] = [];
    let bytes = 0;
    for (let at = from; at < documents.length && messages.length < BATCH_DOCUMENTS && bytes < BATCH_BYTES; at += 1) {
      const document = must(documents[at], 'a document');
      const waitMs = dueMs(document.timeMs, firstTimeMs, startedMs, this.#options.speed) - nowMs;
      if (waitMs > 0) {
        if (messages.length === 0) await sleep(Math.min(waitMs, LONGEST_WAIT_MS), signal);
        break;
      }
      const message = documentMessage(document, this.#options);
      bytes += message.value?.length ?? 0;
      messages.push(message);
    }
    return this.#deliver(this.#options.purchaseTopic, messages, signal);
  }

  #keep(done: number): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#deps.progress.update(done, this.#file.documents.length, this.#file.path);
    if (nowMs - this.#checkpointedMs < CHECKPOINT_EVERY_MS) return;
    this.#checkpointedMs = nowMs;
    this.#checkpoint.write(done);
  }
}
