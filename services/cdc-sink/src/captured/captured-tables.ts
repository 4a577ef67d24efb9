import type { Clickhouse } from '@ebb/clickhouse';
import type { Logger } from '@ebb/runtime';
import { truncateBarriers } from './barriers.ts';
import { ChunkDecoder } from './chunk-decoder.ts';
import type { HistorySource } from './history-store.ts';
import { JournalStore } from './journal-store.ts';
import type { JournalTable } from './journal.ts';
import { Maintainer } from './maintainer.ts';
import { positionOf, versionOf } from './position.ts';
import { SchemaApplier } from './schema-applier.ts';
import { SchemaBook } from './schema-book.ts';
import { SchemaHistory } from './schema-history.ts';
import { TableRows } from './table-rows.ts';
import type {
  CapturedChunk,
  CapturedTables,
  CapturedTableStats,
  MaintenanceContext,
  PartitionProgress,
  PreparedBatch,
  StoppedTable,
} from './types.ts';
import { findUnavailable } from './unavailable-lookup.ts';

export interface CapturedTablesDeps {
  readonly clickhouse: Clickhouse;
  readonly history: HistorySource;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** What the names of captured topics begin with, the dot included. */
  readonly topicPrefix: string;
}

/** How many ids below the highest one are asked for again: transactions may commit in another order than they began. */
const RECHECKED_IDS = 200n;
/** `schema.table` behind the prefix. */
const TABLE_TOPIC = /^[^.]+\.[^.]+$/;
const OWN_TOPICS = 'ops.';

/** The captured tables of Postgres in ClickHouse: see `CapturedTables`. */
export class Captured implements CapturedTables {
  readonly #deps: CapturedTablesDeps;
  readonly #history = new SchemaHistory();
  readonly #applier: SchemaApplier;
  readonly #book: SchemaBook;
  readonly #rows = new TableRows();
  readonly #maintainer: Maintainer;
  /** By topic. */
  readonly #stops = new Map<string, StoppedTable>();
  readonly #completeSinceMs = new Map<number, number>();
  /** History may hold rows that are not applied: at the start, and after a failure. */
  #isBehind = true;
  #settle: () => Promise<void> = async () => {};

  constructor(deps: CapturedTablesDeps) {
    this.#deps = deps;
    const store = new JournalStore(deps.clickhouse);
    this.#applier = new SchemaApplier({ ...deps, store });
    this.#book = new SchemaBook(this.#history, () => this.#applier.tables);
    this.#maintainer = new Maintainer({
      clickhouse: deps.clickhouse,
      logger: deps.logger,
      tables: () => [...this.#applier.tables.values()],
      epochs: () => this.#history.epochs,
      completeSinceMs: (epoch) => this.#completeSinceMs.get(epoch),
      topicOf: (name) => `${deps.topicPrefix}${name}`,
    });
  }

  /** What was made of which table, by its oid. */
  get journal(): ReadonlyMap<number, JournalTable> {
    return this.#applier.tables;
  }

  async open(): Promise<void> {
    await this.#applier.open();
    await this.refreshSchemas();
  }

  async refreshSchemas(beforeChange: () => Promise<void> = async () => {}): Promise<void> {
    this.#settle = beforeChange;
    const isNew = await this.#loadHistory();
    if (!isNew && !this.#isBehind) return;
    this.#isBehind = true;
    const pending = this.#history.rows.filter((row) => this.#applier.isPending(row, this.#history.epochOf(row)));
    if (pending.length > 0) {
      await beforeChange();
      for (const row of pending) {
        const epoch = this.#history.epochOf(row);
        // An earlier row of the same table may have been the last word already.
        if (this.#applier.isPending(row, epoch)) await this.#applier.apply(row, epoch);
        this.#stops.delete(this.#topicOf(`${row.schema}.${row.table}`));
      }
    }
    this.#book.clear();
    this.#rows.clear();
    this.#isBehind = false;
  }

  async prepare(chunk: CapturedChunk, progress: PartitionProgress): Promise<PreparedBatch> {
    const name = chunk.topic.startsWith(this.#deps.topicPrefix) ? chunk.topic.slice(this.#deps.topicPrefix.length) : '';
    if (!TABLE_TOPIC.test(name) || name.startsWith(OWN_TOPICS)) {
      return { inserts: [], deadLetters: [], progress: { ...progress, nextOffset: chunk.toOffset } };
    }
    const decoder = new ChunkDecoder(
      {
        schemas: this.#book,
        rows: this.#rows,
        nowMs: this.#deps.nowMs,
        findUnavailable: (layout, change, meta) => this.#findUnavailable(chunk, { layout, change, meta }),
      },
      chunk,
      positionOf(progress.maxVersion),
    );
    const decoded = await decoder.decode(progress.nextOffset);
    const inserts = [...this.#rows.take(), ...truncateBarriers(decoded.truncates)];
    const { deadLetters, max, nextOffset, stopReason } = decoded;
    const next = { ...progress, nextOffset, maxVersion: versionOf(max) };
    if (stopReason === undefined) {
      this.#stops.delete(chunk.topic);
      return { inserts, deadLetters, progress: next };
    }
    return { inserts, deadLetters, progress: next, stopped: this.#stop(chunk.topic, name, stopReason) };
  }

  async maintain(context: MaintenanceContext): Promise<void> {
    await this.#maintainer.run(context);
  }

  stoppedTables(): readonly StoppedTable[] {
    const known = [...this.#applier.tables.values()].filter(({ status }) => status === 'stopped');
    const stopped = known.map(({ oid, schema, table, reason }): StoppedTable => {
      const topic = this.#topicOf(`${schema}.${table}`);
      return { table: `${schema}.${table}`, topic, reason, sinceMs: this.#applier.changedAtMs(oid) };
    });
    const topics = new Set(stopped.map(({ topic }) => topic));
    return [...stopped, ...[...this.#stops.values()].filter(({ topic }) => !topics.has(topic))];
  }

  stats(): readonly CapturedTableStats[] {
    return this.#maintainer.stats;
  }

  async #loadHistory(): Promise<boolean> {
    const history = this.#history;
    const after = history.lastId > RECHECKED_IDS ? history.lastId - RECHECKED_IDS : 0n;
    const known = history.rows.slice(-Number(RECHECKED_IDS)).map(({ id }) => id);
    const page = await this.#deps.history.load(after, known);
    const isNewEpoch = lastEpoch(page.epochs) !== lastEpoch(history.epochs);
    history.setEpochs(page.epochs);
    for (const { epoch, isSnapshotComplete } of page.epochs) {
      if (isSnapshotComplete && !this.#completeSinceMs.has(epoch)) this.#completeSinceMs.set(epoch, this.#deps.nowMs());
    }
    if (isNewEpoch) {
      // Postgres may be another one, or an older state of it: its history counts, not what was read before.
      history.replace((await this.#deps.history.load(0n, [])).rows);
      return true;
    }
    history.append(page.rows);
    return page.rows.length > 0;
  }

  async #findUnavailable(
    chunk: CapturedChunk,
    wanted: Omit<Parameters<typeof findUnavailable>[1], 'chunk'>,
  ): ReturnType<typeof findUnavailable> {
    // What was prepared before this chunk may hold the row.
    await this.#settle();
    return findUnavailable(this.#deps.clickhouse, { chunk, ...wanted });
  }

  #stop(topic: string, table: string, reason: string): StoppedTable {
    const stopped: StoppedTable = {
      table,
      topic,
      reason,
      sinceMs: this.#stops.get(topic)?.sinceMs ?? this.#deps.nowMs(),
    };
    this.#stops.set(topic, stopped);
    return stopped;
  }

  #topicOf(name: string): string {
    return `${this.#deps.topicPrefix}${name}`;
  }
}

function lastEpoch(epochs: readonly { epoch: number }[]): number {
  return Math.max(0, ...epochs.map(({ epoch }) => epoch));
}
