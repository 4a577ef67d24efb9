import type { DeadLetter } from '@ebb/contracts';
import type { ConsumedMessage } from '@ebb/kafka';

/** Where the sink stands in one partition; stored after the acknowledged insert (ops.sink_progress). */
export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
  /** Largest `_version` of any message below `nextOffset`; 0n before the first. Rows without a position take it. */
  readonly maxVersion: bigint;
}

/** Rows of one table, to be inserted in one statement; inserts with equal table and columns may be joined. */
export interface TableInsert {
  /** With its database, like `raw.crm_customers`. */
  readonly table: string;
  /** Physical columns in the order of the body. Columns left out take their default in ClickHouse. */
  readonly columns: readonly string[];
  readonly format: 'RowBinary';
  readonly rows: number;
  readonly body: readonly Buffer[];
}

/** What one fetch brought of one partition; a MessageChunk of @ebb/kafka fits. */
export interface CapturedChunk {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly ConsumedMessage[];
  /** Offset after the last message the chunk covers. */
  readonly toOffset: number;
}

/**
 * A table that takes no rows until somebody acts. Its offsets stay at the first message that was not taken; other
 * tables go on. It starts again by itself when the schema history shows a change that helps.
 */
export interface StoppedTable {
  /** Postgres' name, `schema.table`. */
  readonly table: string;
  readonly topic: string;
  readonly reason: string;
  readonly sinceMs: number;
}

/**
 * What a chunk became. All inserts, barriers and notices among them, must be acknowledged and the dead letters sent
 * before `progress` is stored; repeating a batch that was partly stored is harmless.
 */
export interface PreparedBatch {
  readonly inserts: readonly TableInsert[];
  readonly deadLetters: readonly DeadLetter[];
  /** Where the partition stands once the inserts are acknowledged; before `toOffset` where the table was stopped. */
  readonly progress: PartitionProgress;
  readonly stopped?: StoppedTable;
}

/** One partition as the consumer sees it, for the decisions of `maintain`. */
export interface PartitionStand {
  readonly topic: string;
  readonly partition: number;
  /** First offset the broker still holds. */
  readonly logStart: number;
  /** Offset of the next message the partition will get. */
  readonly highWatermark: number;
  /** Stored progress. */
  readonly nextOffset: number;
}

export interface MaintenanceContext {
  readonly nowMs: number;
  /** Every partition of every captured topic; a table with a partition missing here is left alone. */
  readonly partitions: readonly PartitionStand[];
}

/** Figures of one captured table, refreshed by `maintain`. */
export interface CapturedTableStats {
  readonly table: string;
  readonly rows: number;
  /** Rows that are deleted or replaced, not yet removed from the disk. */
  readonly deadRows: number;
  /** deadRows / rows; 0 for an empty table. */
  readonly deadRowRatio: number;
  readonly parts: number;
}

export interface CapturedTables {
  /** Reads journal and schema history and repairs what a crash left half done. Throws a retryable error without either store. */
  open(): Promise<void>;
  /**
   * Once per flush, after the fetch and before `prepare`: reads new schema history and applies it to ClickHouse.
   * Throws a retryable error while Postgres or ClickHouse is away: the batch waits, nothing is guessed.
   * Rows are decoded ahead of their inserts: before a change of tables that rows may be on their way to, `beforeChange`
   * is awaited, and everything prepared so far is then stored.
   */
  refreshSchemas(beforeChange?: () => Promise<void>): Promise<void>;
  /**
   * Turns a chunk of a `cdc.*` topic into inserts. Topics that are no captured table (`cdc.ops.*`, heartbeats) give no
   * rows; `cdc.notifications` must be consumed too: it says when an initial snapshot is complete.
   * Chunks of one partition come in order, each with the progress the one before returned, whose inserts may still be
   * under way. Never throws because of a message.
   */
  prepare(chunk: CapturedChunk, progress: PartitionProgress): Promise<PreparedBatch>;
  /** Now and then (seconds to minutes), not at the same time as a flush: epoch barriers, cleanup of old deleted rows, figures. */
  maintain(context: MaintenanceContext): Promise<void>;
  stoppedTables(): readonly StoppedTable[];
  stats(): readonly CapturedTableStats[];
}
