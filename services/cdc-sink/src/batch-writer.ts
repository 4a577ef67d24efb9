import type { Clickhouse } from '@ebb/clickhouse';
import type { DeadLetter } from '@ebb/contracts';
import { errorMessage, isEbbError } from '@ebb/core';
import type { Logger } from '@ebb/runtime';
import type { PartitionProgress } from './captured/types.ts';
import { classifyFailure, type FailureKind } from './errors.ts';
import type { LaneMetrics } from './metrics.ts';
import { retryUntilDone } from './retry-until.ts';
import type { MergedInsert, TopicBatch } from './waiting-rows.ts';

export interface BatchWriterDeps {
  readonly clickhouse: Pick<Clickhouse, 'insert'>;
  readonly saveProgress: (positions: readonly PartitionProgress[], signal: AbortSignal) => Promise<void>;
  readonly sendDeadLetters: (letters: readonly DeadLetter[]) => Promise<void>;
  readonly logger: Logger;
  readonly metrics: LaneMetrics;
}

/** What became of a batch. */
export interface WriteOutcome {
  /** Topics whose rows and progress are stored. */
  readonly stored: readonly TopicBatch[];
  /** Topics with rows that ClickHouse will not take, and its answer; nothing of their progress is stored. */
  readonly refused: readonly { readonly batch: TopicBatch; readonly reason: string }[];
}

/**
 * Repetitions within an insert are removed when its part is merged, or by FINAL, as those between inserts are: looking for
 * them at once would cost a quarter of the insert.
 */
const INSERT_SETTINGS = { optimize_on_insert: 0 };
/** Inserts side by side; the engine has few threads to share. */
const INSERTS_AT_ONCE = 3;
/** So many answers of a kind make it final for the topic; it is then read and tried again later. */
const FINAL_AFTER: Readonly<Record<FailureKind, number>> = { retry: Infinity, refused: 4, unknown: 20 };
const ERROR_FROM_ATTEMPT = 5;

/** Stores batches: dead letters, then every insert, then progress; each is repeated until it is acknowledged. */
export class BatchWriter {
  readonly #deps: BatchWriterDeps;
  #trouble: string | null = null;

  constructor(deps: BatchWriterDeps) {
    this.#deps = deps;
  }

  /** What stands in the way of the batch under way; null while all is well. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Rejects STOPPED alone, when the signal aborts: what was inserted by then comes again, which is harmless. */
  async write(batches: readonly TopicBatch[], signal: AbortSignal): Promise<WriteOutcome> {
    const letters = batches.flatMap(({ deadLetters }) => deadLetters);
    if (letters.length > 0) await this.#repeat('Kafka', () => this.#deps.sendDeadLetters(letters), signal);
    const refusals = await this.#insertAll(batches, signal);
    const stored = batches.filter(({ topic }) => !refusals.has(topic));
    const positions = stored.flatMap(({ progress }) => [...progress.values()]);
    await this.#repeat('ClickHouse', () => this.#deps.saveProgress(positions, signal), signal);
    this.#trouble = null;
    const refused = batches.flatMap((batch) => {
      const reason = refusals.get(batch.topic);
      return reason === undefined ? [] : [{ batch, reason }];
    });
    return { stored, refused };
  }

  async #insertAll(batches: readonly TopicBatch[], signal: AbortSignal): Promise<Map<string, string>> {
    const refusals = new Map<string, string>();
    const left = batches.flatMap(({ topic, inserts }) => [...inserts.values()].map((insert) => ({ topic, insert })));
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { topic, insert } = next;
        const reason = await this.#insert(insert, signal);
        if (reason !== null) refusals.set(topic, reason);
      }
    };
    await Promise.all(Array.from({ length: Math.min(INSERTS_AT_ONCE, left.length) }, work));
    return refusals;
  }

  /** Null when the rows are stored, else why ClickHouse will not take them. */
  async #insert(insert: MergedInsert, signal: AbortSignal): Promise<string | null> {
    const { table, columns, body, rows } = insert;
    const { clickhouse, metrics } = this.#deps;
    const answers: Record<FailureKind, number> = { retry: 0, refused: 0, unknown: 0 };
    const once = async (): Promise<void> => {
      const startedAt = performance.now();
      await clickhouse.insert(table, { columns, format: 'RowBinary', body, settings: INSERT_SETTINGS, signal });
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.inserted(table, { rows, bytes: insert.bytes, seconds });
      this.#deps.logger.debug({ event: 'inserted', table, rows, bytes: insert.bytes, seconds });
    };
    const isFinal = (error: unknown): boolean => {
      const kind = classifyFailure(error);
      answers[kind] += 1;
      return answers[kind] >= FINAL_AFTER[kind];
    };
    try {
      await this.#repeat(`ClickHouse, ${table}`, once, signal, isFinal);
      return null;
    } catch (error) {
      if (isEbbError(error, 'STOPPED')) throw error;
      return `${table}: ${errorMessage(error)}`;
    }
  }

  async #repeat(
    what: string,
    fn: () => Promise<void>,
    signal: AbortSignal,
    isFinal: (error: unknown) => boolean = () => false,
  ): Promise<void> {
    await retryUntilDone(fn, {
      signal,
      onFailure: (error, attempt) => {
        const message = errorMessage(error);
        const kind = classifyFailure(error);
        this.#trouble = `${what}: ${message}`;
        this.#deps.metrics.retries.inc({ kind });
        const level = attempt >= ERROR_FROM_ATTEMPT || kind !== 'retry' ? 'error' : 'warn';
        this.#deps.logger[level]({ event: 'store_failed', what, kind, attempt, message: message.slice(0, 500) });
        if (isFinal(error)) throw error;
      },
    });
  }
}
