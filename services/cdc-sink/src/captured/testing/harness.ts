import { type Clickhouse } from '@ebb/clickhouse';
import type { DeadLetter } from '@ebb/contracts';
import type { ConsumedMessage } from '@ebb/kafka';
import { createLogger } from '@ebb/runtime';
import { Captured } from '../captured-tables.ts';
import type { Epoch, HistoryRow } from '../history-row.ts';
import type { HistoryPage, HistorySource } from '../history-store.ts';
import type { PartitionProgress, PreparedBatch } from '../types.ts';

/** A schema history in memory, for tests that write it themselves. */
export class ListedHistory implements HistorySource {
  readonly rows: HistoryRow[] = [];
  epochs: Epoch[] = [{ epoch: 1, firstDdlId: 1n, isSnapshotComplete: false }];
  isAway = false;

  async load(afterId: bigint, knownIds: readonly bigint[]): Promise<HistoryPage> {
    if (this.isAway) throw new Error('Postgres is away');
    const rows = this.rows.filter(({ id }) => id > afterId && !knownIds.includes(id));
    return { epochs: this.epochs, rows: rows.toSorted((a, b) => Number(a.id - b.id)) };
  }
}

/** One partition's log, as long as it is kept. */
export interface TestPartition {
  readonly topic: string;
  readonly partition: number;
  readonly messages: ConsumedMessage[];
}

/** The sink's loop without Kafka: hands chunks to the captured tables and stores what they become. */
export class Harness {
  readonly clickhouse: Clickhouse;
  readonly history = new ListedHistory();
  readonly deadLetters: DeadLetter[] = [];
  tables: Captured;
  nowMs = Date.now();
  readonly #progress = new Map<string, PartitionProgress>();

  constructor(clickhouse: Clickhouse) {
    this.clickhouse = clickhouse;
    this.tables = this.#create();
  }

  #create(): Captured {
    return new Captured({
      clickhouse: this.clickhouse,
      history: this.history,
      logger: createLogger({ name: 'test', level: 'fatal' }),
      nowMs: () => this.nowMs,
      topicPrefix: 'cdc.',
    });
  }

  /** As after a restart of the process: everything in memory is gone but the stored progress. */
  async restart(): Promise<void> {
    this.tables = this.#create();
    await this.tables.open();
  }

  progressOf({ topic, partition }: Pick<TestPartition, 'topic' | 'partition'>): PartitionProgress {
    return this.#progress.get(`${topic}:${partition}`) ?? { topic, partition, nextOffset: 0, maxVersion: 0n };
  }

  setProgress(progress: PartitionProgress): void {
    this.#progress.set(`${progress.topic}:${progress.partition}`, progress);
  }

  /** Takes the partition's next messages; all of them by default. */
  async deliver(log: TestPartition, count = Infinity): Promise<PreparedBatch> {
    const progress = this.progressOf(log);
    const messages = log.messages.filter(({ offset }) => offset >= progress.nextOffset).slice(0, count);
    const toOffset = (messages.at(-1)?.offset ?? progress.nextOffset - 1) + 1;
    await this.tables.refreshSchemas();
    const batch = await this.tables.prepare(
      { topic: log.topic, partition: log.partition, messages, toOffset },
      progress,
    );
    await this.store(batch);
    this.setProgress(batch.progress);
    return batch;
  }

  async store(batch: PreparedBatch): Promise<void> {
    for (const { table, ...insert } of batch.inserts) await this.clickhouse.insert(table, insert);
    this.deadLetters.push(...batch.deadLetters);
  }

  async current<T = Record<string, unknown>>(name: string, orderBy: string): Promise<T[]> {
    return this.clickhouse.query<T>(`SELECT * FROM raw.${name}_current ORDER BY ${orderBy}`);
  }
}
