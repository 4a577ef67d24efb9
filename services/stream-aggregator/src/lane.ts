import { backoffMs, errorMessage, isEbbError, type RetryPolicy, Signal, sleep } from '@ebb/core';
import {
  type Bounds,
  bridgeGap,
  type ChunkControl,
  type GapActions,
  type MessageChunk,
  type TopicPartition,
} from '@ebb/kafka';
import { type Client, endClient } from '@ebb/postgres';
import type { Logger } from '@ebb/runtime';
import { type BatchBuilder, type BatchLimits, takeSlices } from './batch-builder.ts';
import type { BatchWriter } from './batch-writer.ts';
import { classifyFailure } from './errors.ts';
import type { AggregatorMetrics } from './metrics.ts';
import { loadGeneration, loadOffsets, setAlarm, type StoredOffset } from './offsets-store.ts';
import type { EventQueue, EventSlice } from './types.ts';

export interface LaneOptions extends BatchLimits {
  /** Fetched bytes a lane may hold before it lets fetching wait. */
  readonly queueBytes: number;
  /** A batch smaller than `lingerMessages` starts at the earliest this long after the one before. */
  readonly lingerMs: number;
  readonly lingerMessages: number;
}

export interface LaneDeps {
  readonly connect: () => Promise<Client>;
  readonly builder: BatchBuilder;
  readonly writer: BatchWriter;
  readonly bounds: (id: TopicPartition) => Promise<Bounds>;
  readonly seek: (id: TopicPartition, offset: number) => void;
  readonly logger: Logger;
  readonly metrics: AggregatorMetrics;
}

const RETRY: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, initialDelayMs: 50, maxDelayMs: 3_000 };
const IDLE_WAIT_MS = 1_000;
const ROOM_WAIT_MS = 250;

/**
 * Stores the messages of some partitions, one batch after the other, over a connection of its own.
 *
 * States of a lane: connecting → loading positions → storing; any failure drops the connection where needed, forgets what
 * is uncertain and starts over after a pause. Messages leave their queue only when their transaction is committed.
 */
export class Lane {
  readonly #deps: LaneDeps;
  readonly #options: LaneOptions;
  readonly #queues = new Map<string, EventQueue>();
  readonly #work = new Signal();
  readonly #room = new Signal();
  readonly #stopping = new AbortController();
  #client: Client | undefined;
  #generation = '';
  #failures = 0;
  #turn = 0;
  #messageLimit: number;
  #lastStartMs = 0;

  constructor(deps: LaneDeps, options: LaneOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#messageLimit = options.messages;
  }

  /** Failed transactions in a row; 0 while all is well. */
  get failures(): number {
    return this.#failures;
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  get cachedUsers(): number {
    return this.#deps.writer.cachedUsers;
  }

  /** No room for more until a batch is stored. */
  get isFull(): boolean {
    return this.#queuedBytes() >= this.#options.queueBytes;
  }

  get client(): Client | undefined {
    return this.#client;
  }

  get queues(): IterableIterator<EventQueue> {
    return this.#queues.values();
  }

  /** Replaces the lane's partitions; positions are loaded anew, since another member may have moved them meanwhile. */
  assign(queues: readonly EventQueue[]): void {
    for (const queue of this.#queues.values()) queue.forget();
    this.#queues.clear();
    for (const queue of queues) this.#queues.set(keyOf(queue.id), queue);
    this.#room.set();
    this.#work.set();
  }

  /** Puts a fetched chunk in the queue of its partition; waits while there is no room, staying in the group. */
  async push(chunk: MessageChunk, control: ChunkControl): Promise<void> {
    while (this.isFull) {
      await this.#room.wait(ROOM_WAIT_MS);
      if (control.isStale()) return;
      await control.heartbeat();
    }
    const queue = this.#queues.get(keyOf(chunk));
    if (queue === undefined || control.isStale()) return;
    if (queue.push(chunk) === 'gap') await bridgeGap(queue, chunk, this.#gapActions());
    this.#work.set();
  }

  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const client = (this.#client ??= await this.#connect());
        await this.#loadPositions(client);
        const isIdle = !(await this.#storeNext(client));
        this.#failures = 0;
        if (isIdle) await this.#work.wait(IDLE_WAIT_MS);
      } catch (error) {
        await this.#recover(error);
      }
    }
    await this.#disconnect();
  }

  /** Ends `run` after the batch under way. */
  stop(): void {
    this.#stopping.abort();
    this.#work.set();
    this.#room.set();
  }

  async #connect(): Promise<Client> {
    const client = await this.#deps.connect();
    this.#generation = await loadGeneration(client);
    this.#deps.writer.forget();
    return client;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await endClient(client);
  }

  async #loadPositions(client: Client): Promise<void> {
    const unknown = [...this.#queues.values()].filter((queue) => queue.isUnknown);
    if (unknown.length === 0) return;
    const starts = await Promise.all(
      unknown.map(async (queue) => ({ queue, bounds: await this.#deps.bounds(queue.id) })),
    );
    const wanted = starts.map(({ queue, bounds }) => ({ ...queue.id, logStart: bounds.low }));
    const stored = new Map((await loadOffsets(client, wanted)).map((row) => [keyOf(row), row]));
    for (const { queue, bounds } of starts) {
      const row = stored.get(keyOf(queue.id));
      // A rebalance may have replaced the queue while the position was loaded.
      if (row === undefined || this.#queues.get(keyOf(queue.id)) !== queue) continue;
      const alarm = row.alarm ?? alarmOf(row.nextOffset, bounds);
      if (alarm === null) this.#begin(queue, row, bounds);
      else await this.#stopPartition(client, queue, alarm);
    }
  }

  async #stopPartition(client: Client, queue: EventQueue, alarm: string): Promise<void> {
    await setAlarm(client, queue.id, alarm);
    queue.stop(alarm);
    this.#room.set();
    this.#deps.logger.error({ event: 'partition_stopped', ...queue.id, alarm });
  }

  #begin(queue: EventQueue, row: StoredOffset, bounds: Bounds): void {
    queue.high = Math.max(queue.high, bounds.high);
    if (queue.start(row.nextOffset)) this.#deps.seek(queue.id, row.nextOffset);
  }

  /** Stores the next batch; false when there was nothing to store. */
  async #storeNext(client: Client): Promise<boolean> {
    const limits = { messages: this.#messageLimit, bytes: this.#options.bytes };
    let slices = takeSlices([...this.#queues.values()], limits, this.#turn);
    if (slices.length === 0) return false;
    if (await this.#linger(slices)) slices = takeSlices([...this.#queues.values()], limits, this.#turn);
    this.#turn += 1;
    this.#lastStartMs = performance.now();
    try {
      const batch = await this.#deps.builder.build(client, slices);
      const outcome = await this.#deps.writer.write(client, batch, this.#generation);
      this.#deps.metrics.stored(batch, outcome, performance.now() - this.#lastStartMs);
      this.#finish(slices);
    } catch (error) {
      await this.#giveUp(client, slices, error);
    }
    return true;
  }

  /** Small batches cost nearly as much as big ones: waits a moment for more. Returns whether it waited. */
  async #linger(slices: readonly EventSlice[]): Promise<boolean> {
    const waitMs = this.#lastStartMs + this.#options.lingerMs - performance.now();
    if (waitMs < 1 || countMessages(slices) >= this.#options.lingerMessages) return false;
    await sleep(waitMs, this.#stopping.signal);
    return true;
  }

  #finish(slices: readonly EventSlice[]): void {
    for (const slice of slices) slice.queue.advance(slice);
    this.#messageLimit = Math.min(this.#options.messages, this.#messageLimit * 2);
    this.#room.set();
  }

  /** Decides what a failed batch leaves behind; what is not settled here goes on to `#recover`. */
  async #giveUp(client: Client, slices: readonly EventSlice[], error: unknown): Promise<void> {
    if (isEbbError(error, 'STALE_OFFSETS')) {
      this.#deps.metrics.fenced.inc();
      this.#deps.logger.warn({ event: 'batch_fenced', partitions: slices.map(({ queue }) => keyOf(queue.id)) });
      for (const { queue } of slices) queue.forget();
      this.#room.set();
    } else if (isEbbError(error, 'STALE_GENERATION')) {
      this.#generation = await loadGeneration(client);
    } else if (classifyFailure(error) === 'data') {
      this.#narrow(slices, error);
    } else if (classifyFailure(error) !== 'partition_missing') {
      for (const { queue } of slices) queue.unload();
      throw error;
    }
  }

  /** Halves batches until the message that cannot be stored is alone; that one becomes a dead letter. */
  #narrow(slices: readonly EventSlice[], error: unknown): void {
    const count = countMessages(slices);
    const [first] = slices;
    const message = first?.messages[0];
    if (count > 1 || first === undefined || message === undefined) {
      this.#messageLimit = Math.max(1, Math.floor(count / 2));
      return;
    }
    this.#deps.builder.refuse(first.queue.id, message, errorMessage(error));
    const { topic, partition } = first.queue.id;
    this.#deps.logger.error({ event: 'message_refused', topic, partition, offset: message.offset });
  }

  async #recover(error: unknown): Promise<void> {
    this.#failures += 1;
    const kind = classifyFailure(error);
    const delayMs = backoffMs(this.#failures, RETRY);
    this.#deps.metrics.failures.inc({ kind });
    const level = kind === 'unknown' || this.#failures > 5 ? 'error' : 'warn';
    this.#deps.logger[level]({ event: 'batch_failed', kind, failures: this.#failures, message: errorMessage(error) });
    await this.#disconnect();
    await sleep(delayMs, this.#stopping.signal);
  }

  #gapActions(): GapActions {
    const { bounds, seek, logger } = this.#deps;
    return { bounds, seek, onHole: (hole) => logger.warn({ event: 'offset_hole', ...hole }) };
  }

  #queuedBytes(): number {
    let bytes = 0;
    for (const queue of this.#queues.values()) bytes += queue.bytes;
    return bytes;
  }
}

function alarmOf(nextOffset: number, { low, high }: Bounds): string | null {
  if (low > nextOffset) return `log starts at ${low}, after next_offset ${nextOffset}: messages were deleted unread`;
  if (high < nextOffset)
    return `log ends at ${high}, before next_offset ${nextOffset}: it lost messages or is another one`;
  return null;
}

function countMessages(slices: readonly EventSlice[]): number {
  return slices.reduce((count, slice) => count + slice.messages.length, 0);
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}
