import { setImmediate as nextTurn } from 'node:timers/promises';
import { backoffMs, errorMessage, type RetryPolicy, Signal, sleep } from '@ebb/core';
import type { Bounds, ChunkControl, ConsumedMessage, MessageChunk, Slice, TopicPartition } from '@ebb/kafka';
import type { Logger } from '@ebb/runtime';
import type { BatchWriter } from './batch-writer.ts';
import type { PartitionProgress } from './captured/types.ts';
import type { FlushLimits } from './flush-policy.ts';
import { Flusher } from './flusher.ts';
import { lagOf, type LanePartition, LanePartitions } from './lane-partitions.ts';
import type { LaneMetrics } from './metrics.ts';
import type { RowSource } from './row-source.ts';
import type { TimeSpan } from './waiting-rows.ts';

export interface LaneOptions {
  readonly name: string;
  /** Fetched bytes that wait to be decoded before fetching waits. */
  readonly queueBytes: number;
  /** Decoded bytes that wait for their acknowledgement before decoding waits. */
  readonly waitingBytes: number;
  /** Least time between two calls of the source's `refresh`. */
  readonly gatherMs: number;
  readonly flush: FlushLimits;
}

export interface LaneDeps {
  readonly source: RowSource;
  readonly writer: BatchWriter;
  readonly loadProgress: () => Promise<PartitionProgress[]>;
  readonly bounds: (id: TopicPartition) => Promise<Bounds>;
  readonly seek: (id: TopicPartition, offset: number) => void;
  /** How much longer than usual to wait between inserts of a topic; 1 is as usual. */
  readonly slowdown: (topic: string) => number;
  /** Work that must not run beside an insert. It must not reject. */
  readonly betweenFlushes: () => Promise<void>;
  readonly logger: Logger;
  readonly metrics: LaneMetrics;
}

const RETRY: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, initialDelayMs: 50, maxDelayMs: 3_000 };
const IDLE_WAIT_MS = 1_000;
const ROOM_WAIT_MS = 250;
/** A turn of decoding: some milliseconds, so that inserts, heartbeats and health are served meanwhile. */
const SLICE_MESSAGES = 500;
const SLICE_BYTES = 1_048_576;
const ERROR_FROM_FAILURE = 5;

/**
 * Brings the messages of some topics to ClickHouse. Two loops work side by side: this one decodes what is fetched into
 * rows, the flusher stores them and writes down the progress. Each end waits for the other by bytes: while ClickHouse is
 * away, rows wait up to a limit, then messages, then the consumer fetches no more.
 */
export class Lane {
  readonly #deps: LaneDeps;
  readonly #options: LaneOptions;
  readonly #partitions: LanePartitions;
  readonly #flusher: Flusher;
  /** Something to decode, or to load. */
  readonly #work = new Signal();
  /** Room for fetched messages. */
  readonly #room = new Signal();
  readonly #stopping = new AbortController();
  #trouble: string | null = null;
  #failures = 0;
  /** Start of the fetch before the last, whose messages were all handed over; and of the last. */
  #fetchedMs: number | null = null;
  #lastFetchMs: number | null = null;
  #refreshedAt = -Infinity;

  constructor(deps: LaneDeps, options: LaneOptions) {
    this.#deps = deps;
    this.#options = options;
    const logger = deps.logger.child({ lane: options.name });
    const stopReason = (topic: string): string | null => deps.source.stopReason(topic);
    this.#partitions = new LanePartitions({ ...deps, logger, stopReason });
    this.#flusher = new Flusher(
      {
        ...deps,
        paceOf: (topic) => ({ slowdown: deps.slowdown(topic), isBehind: this.#isBehind(topic) }),
        onStored: (batch) => {
          this.#partitions.markStored(batch);
          deps.metrics.stored(batch);
        },
        onRefused: (topic, reason) => this.#stopTopic(topic, `ClickHouse refuses its rows: ${reason}`),
      },
      options.flush,
      options.waitingBytes,
    );
  }

  get name(): string {
    return this.#options.name;
  }

  get partitions(): readonly LanePartition[] {
    return this.#partitions.all;
  }

  get waitingBytes(): number {
    return this.#flusher.bytes;
  }

  /** Why nothing moves; null while all is well. */
  get trouble(): string | null {
    return this.#deps.writer.trouble ?? this.#trouble;
  }

  assign(partitions: readonly TopicPartition[]): void {
    this.#partitions.assign(partitions);
    this.#room.set();
    this.#work.set();
  }

  /** Takes a fetched chunk; waits while there is no room, staying in the group. */
  async push(chunk: MessageChunk, control: ChunkControl): Promise<void> {
    while (this.#partitions.queuedBytes >= this.#options.queueBytes) {
      await this.#room.wait(ROOM_WAIT_MS);
      if (control.isStale()) return;
      await control.heartbeat();
    }
    await this.#partitions.push(chunk, control);
    this.#work.set();
  }

  /** A fetch came back; what it brought is handed over before the next one. */
  markFetched(startedAtMs: number): void {
    this.#fetchedMs = this.#lastFetchMs;
    this.#lastFetchMs = startedAtMs;
  }

  /**
   * The moment up to which everything in the lane's partitions is visible: for an idle one about now, else the broker's
   * time of the newest stored message. Null while some partition's is not known.
   */
  get asOfMs(): number | null {
    let asOfMs = Infinity;
    for (const { queue, storedOffset, storedTimeMs } of this.#partitions.all) {
      const isCaughtUp = storedOffset !== undefined && queue.alarm === null && storedOffset >= queue.high;
      const known = Math.max(storedTimeMs ?? 0, isCaughtUp ? (this.#fetchedMs ?? 0) : 0);
      if (known === 0) return null;
      asOfMs = Math.min(asOfMs, known);
    }
    return Number.isFinite(asOfMs) ? asOfMs : null;
  }

  /** Messages that are not visible yet. */
  get backlog(): number {
    return this.#partitions.all.reduce((sum, partition) => sum + lagOf(partition), 0);
  }

  /** Looks again at partitions that stand still. */
  retryStopped(): void {
    this.#partitions.retryStopped();
    this.#work.set();
  }

  /** Works until `stop`; rejects only for a defect. */
  async run(): Promise<void> {
    await Promise.all([this.#decodeAll(), this.#flusher.run()]);
  }

  /** Ends `run`: nothing more is decoded, and what is decoded is stored if ClickHouse takes it soon. */
  stop(): void {
    this.#stopping.abort();
    this.#flusher.stop();
    this.#work.set();
    this.#room.set();
  }

  async #decodeAll(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const hasWorked = await this.#decodeNext();
        this.#failures = 0;
        this.#trouble = null;
        if (!hasWorked) await this.#work.wait(IDLE_WAIT_MS);
      } catch (error) {
        await this.#pause(error);
      }
    }
  }

  async #pause(error: unknown): Promise<void> {
    this.#failures += 1;
    this.#trouble = errorMessage(error);
    const fields = { lane: this.name, failures: this.#failures, message: this.#trouble };
    this.#deps.logger[this.#failures > ERROR_FROM_FAILURE ? 'error' : 'warn']({ event: 'decode_failed', ...fields });
    await sleep(backoffMs(this.#failures, RETRY), this.#stopping.signal);
  }

  /** Decodes what is queued now; false when nothing is. */
  async #decodeNext(): Promise<boolean> {
    if (!this.#partitions.hasUnknown && !this.#partitions.hasWork) return false;
    await this.#waitForRefresh();
    if (this.#partitions.hasUnknown) {
      // What is decoded and not stored would otherwise be read a second time.
      await this.#flusher.settle();
      await this.#deps.source.refresh(() => this.#flusher.settle());
      await this.#partitions.load();
    }
    // Up to here: what is fetched later may depend on what the source does not know yet.
    const rounds = this.#partitions.all.map((partition) => ({ partition, end: partition.queue.end ?? 0 }));
    await this.#deps.source.refresh(() => this.#flusher.settle());
    while (await this.#decodeRound(rounds));
    return true;
  }

  /** Refreshing costs a query: what arrives meanwhile shares it. */
  async #waitForRefresh(): Promise<void> {
    const waitMs = this.#refreshedAt + this.#options.gatherMs - performance.now();
    if (waitMs >= 1) await sleep(waitMs, this.#stopping.signal);
    this.#refreshedAt = performance.now();
  }

  /** One slice of every partition, so that none is held up by another; false when all is decoded. */
  async #decodeRound(rounds: readonly { partition: LanePartition; end: number }[]): Promise<boolean> {
    let hasDecoded = false;
    for (const { partition, end } of rounds) {
      if ((partition.queue.next ?? Infinity) >= end) continue;
      await this.#flusher.waitForRoom();
      if (this.#stopping.signal.aborted) return false;
      const slice = partition.queue.take(SLICE_MESSAGES, SLICE_BYTES);
      if (slice === null) continue;
      await this.#decode(partition, slice.to <= end ? slice : cutAt(slice, end));
      hasDecoded = true;
      await nextTurn();
    }
    return hasDecoded;
  }

  async #decode(partition: LanePartition, slice: Slice): Promise<void> {
    const { queue, decoded } = partition;
    if (decoded === undefined) return;
    const { topic } = queue.id;
    const chunk = { ...queue.id, messages: slice.messages, toOffset: slice.to };
    const prepared = await this.#deps.source.prepare(chunk, decoded);
    // Its position was moved while the source was at work: it is read again.
    if (slice.epoch !== queue.epoch) return;
    const to = prepared.progress.nextOffset;
    const taken = prepared.stopped === undefined ? slice.messages : slice.messages.filter(({ offset }) => offset < to);
    this.#flusher.add(topic, prepared, taken.length, timesOf(taken));
    partition.decoded = prepared.progress;
    queue.advance({ ...slice, to });
    this.#room.set();
    if (prepared.stopped === undefined) return;
    // The rows from before are stored, the others stay in the topic.
    await this.#flusher.settle();
    this.#stopTopic(topic, prepared.stopped.reason);
  }

  #isBehind(topic: string): boolean {
    return this.#partitions.undecoded(topic) > this.#options.flush.rows;
  }

  #stopTopic(topic: string, alarm: string): void {
    this.#flusher.drop(topic);
    this.#partitions.stopTopic(topic, alarm);
    this.#room.set();
  }
}

function cutAt(slice: Slice, end: number): Slice {
  return { ...slice, to: end, messages: slice.messages.filter(({ offset }) => offset < end) };
}

function timesOf(messages: readonly ConsumedMessage[]): TimeSpan | null {
  const first = messages[0];
  const last = messages.at(-1);
  return first === undefined || last === undefined ? null : { oldestMs: first.timestampMs, newestMs: last.timestampMs };
}
