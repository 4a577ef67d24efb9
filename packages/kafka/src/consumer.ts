import { backoffMs, EbbError, errorMessage, type RetryPolicy, sleep, toError } from '@ebb/core';
import type { Consumer as KafkaJsConsumer, EachBatchPayload } from 'kafkajs';
import type { KafkaHandle } from './client.ts';
import { type MessageChunk, toChunk } from './consumed-message.ts';
import type { KafkaErrorCode } from './errors.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface ConsumerOptions {
  groupId: string;
  /** None: there is no member until `subscribe` names some. */
  topics: readonly string[];
  /** Most a fetch brings of one partition. */
  maxBytesPerPartition: number;
  /** Most a fetch brings in all. */
  maxBytes: number;
  /** How long the broker holds a fetch that has nothing to bring; also what a stop may take. */
  maxWaitMs: number;
  /**
   * Least time from one chunk that reaches the end of its log to the next fetch, ms; none by default. A fetch is answered as
   * soon as there is one message, and requests cost broker and client more than the messages in them: a steady stream
   * is taken in gulps, a lone message is still handled at once, and who is behind does not wait.
   */
  paceMs?: number;
  sessionTimeoutMs: number;
  /** Chunks handled side by side: at least the number of partitions, or a slow one holds the others back. */
  concurrency: number;
  /** `run` rejects when the group could not be joined for so long. */
  giveUpAfterMs: number;
  /** Told of every failure of the driver that is answered with a new member. */
  onRestart?: (error: Error) => void;
}

export interface ChunkControl {
  /** Keeps the membership while a handler waits; raises when the group is rebalancing, and the handler must then end. */
  heartbeat(): Promise<void>;
  /** Whether the position was moved since the fetch: the chunk then counts for nothing. */
  isStale(): boolean;
}

export interface ConsumerHandlers {
  /** Called at every rebalance with all partitions this member now has. Fetching does not wait for it. */
  onAssigned(partitions: readonly TopicPartition[]): void;
  /** The next fetch waits until every chunk of this one is handled; that is the back-pressure. */
  onChunk(chunk: MessageChunk, control: ChunkControl): Promise<void>;
  /** A fetch came back, with something or nothing: what the logs held at `startedAtMs` is handed over or on its way. */
  onFetched?(startedAtMs: number): void;
}

export interface GroupConsumer {
  /** Consumes until `stop`; rejects CONSUMER_FAILED when the group cannot be joined for too long. */
  run(handlers: ConsumerHandlers): Promise<void>;
  /** Replaces the topics: this member leaves and a new one joins for them. */
  subscribe(topics: readonly string[]): void;
  /** Where the next fetch of an assigned partition starts. */
  seek(target: TopicPartition, offset: number): void;
  /** Tells the broker how far we are, for tools that show lag. Nothing depends on it. */
  commit(positions: readonly (TopicPartition & { offset: number })[]): Promise<void>;
  /** Ends the handlers under way, leaves the group and disconnects. */
  stop(): Promise<void>;
}

/** A member of a consumer group whose positions are kept by its owner, not by the broker. */
export function createConsumer(kafka: KafkaHandle, options: ConsumerOptions): GroupConsumer {
  return new KafkaGroupConsumer(kafka, options);
}

const JOIN_GRACE_MS = 5_000;
const METADATA_MAX_AGE_MS = 30_000;
const RESTART: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, initialDelayMs: 100, maxDelayMs: 3_000 };

/**
 * The driver restarts a crashed consumer by itself, in a way that cannot be stopped once it is under way: a consumer
 * stopped at that moment comes back as a member nobody listens to and keeps its partitions from the others. So here a
 * crash always ends the member, and a new one is made.
 */
class KafkaGroupConsumer implements GroupConsumer {
  readonly #kafka: KafkaHandle;
  readonly #options: ConsumerOptions;
  readonly #stopping = new AbortController();
  #member: KafkaJsConsumer | undefined;
  #running: Promise<void> = Promise.resolve();
  #joinedAt = 0;
  #topics: readonly string[];
  /** Aborts when the topics change. */
  #subscription = new AbortController();

  constructor(kafka: KafkaHandle, options: ConsumerOptions) {
    this.#kafka = kafka;
    this.#options = options;
    this.#topics = options.topics;
  }

  subscribe(topics: readonly string[]): void {
    this.#topics = topics;
    this.#subscription.abort();
  }

  run(handlers: ConsumerHandlers): Promise<void> {
    this.#running = this.#consume(handlers);
    return this.#running;
  }

  async #consume(handlers: ConsumerHandlers): Promise<void> {
    this.#joinedAt = performance.now();
    for (let attempt = 1; !this.#stopping.signal.aborted; attempt += 1) {
      const ended = this.#renewSubscription();
      if (this.#topics.length === 0) await aborted(ended);
      const startedAt = performance.now();
      const failure = ended.aborted ? null : await this.#runMember(handlers, ended);
      if (failure === null) {
        attempt = 0;
        this.#joinedAt = performance.now();
        continue;
      }
      if (performance.now() - this.#joinedAt > this.#options.giveUpAfterMs) throw this.#failed(failure);
      if (this.#joinedAt > startedAt) attempt = 1;
      this.#options.onRestart?.(failure);
      await sleep(backoffMs(attempt, RESTART), this.#stopping.signal);
    }
  }

  /** A signal of `stop` and of the next change of the topics. */
  #renewSubscription(): AbortSignal {
    this.#subscription = new AbortController();
    return AbortSignal.any([this.#stopping.signal, this.#subscription.signal]);
  }

  /** One membership; null when it ended because of the signal, else what ended it. */
  async #runMember(handlers: ConsumerHandlers, ended: AbortSignal): Promise<Error | null> {
    const member = this.#createMember();
    const crashed = Promise.withResolvers<Error>();
    member.on(member.events.CRASH, ({ payload }) => crashed.resolve(payload.error));
    member.on(member.events.GROUP_JOIN, ({ payload }) => {
      this.#joinedAt = performance.now();
      if (!ended.aborted) handlers.onAssigned(listPartitions(payload.memberAssignment));
    });
    member.on(member.events.FETCH, ({ timestamp, payload }) => handlers.onFetched?.(timestamp - payload.duration));
    this.#member = member;
    const stopped = aborted(ended);
    const starting = this.#start(member, handlers);
    try {
      // A member that goes while it joins is waited for by the group for a whole session: better to finish joining, and
      // leave, than to break off; but joining may also wait for other members.
      await Promise.race([starting, stopped.then(() => sleep(JOIN_GRACE_MS))]);
      return await Promise.race([crashed.promise, stopped]);
    } catch (error) {
      return toError(error);
    } finally {
      this.#member = undefined;
      await member.disconnect().catch(() => {});
      void starting.then(() => member.disconnect()).catch(() => {});
    }
  }

  #createMember(): KafkaJsConsumer {
    const { groupId, maxBytesPerPartition, maxBytes, maxWaitMs, sessionTimeoutMs } = this.#options;
    return this.#kafka.consumer({
      groupId,
      maxBytesPerPartition,
      maxBytes,
      minBytes: 1,
      maxWaitTimeInMs: maxWaitMs,
      sessionTimeout: sessionTimeoutMs,
      // A member that is gone must not hold up the others for longer than its session lasts.
      rebalanceTimeout: sessionTimeoutMs,
      // How soon new partitions of a topic are seen.
      metadataMaxAge: METADATA_MAX_AGE_MS,
      heartbeatInterval: Math.floor(sessionTimeoutMs / 10),
      retry: { initialRetryTime: 20, maxRetryTime: 500, retries: 8, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  async #start(member: KafkaJsConsumer, handlers: ConsumerHandlers): Promise<void> {
    await member.connect();
    // Without a broker-side position the log start is right: our own position is checked against it.
    await member.subscribe({ topics: [...this.#topics], fromBeginning: true });
    await member.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: this.#options.concurrency,
      eachBatch: (payload) => this.#handle(payload, handlers),
    });
  }

  async #handle(payload: EachBatchPayload, handlers: ConsumerHandlers): Promise<void> {
    if (!payload.isRunning() || payload.isStale()) return;
    const nextFetchMs = performance.now() + (this.#options.paceMs ?? 0);
    const chunk = toChunk(payload.batch);
    await handlers.onChunk(chunk, {
      heartbeat: () => payload.heartbeat(),
      isStale: () => payload.isStale() || !payload.isRunning(),
    });
    const restMs = nextFetchMs - performance.now();
    if (chunk.toOffset >= chunk.highWatermark && restMs > 0) await sleep(restMs, this.#stopping.signal);
  }

  seek({ topic, partition }: TopicPartition, offset: number): void {
    try {
      this.#member?.seek({ topic, partition, offset: String(offset) });
    } catch {
      // The member has crashed: the next one starts with an assignment, after which positions are set again.
    }
  }

  async commit(positions: readonly (TopicPartition & { offset: number })[]): Promise<void> {
    if (this.#member === undefined || positions.length === 0) return;
    await this.#member.commitOffsets(
      positions.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running.catch(() => {});
  }

  #failed(cause: Error): EbbError<KafkaErrorCode> {
    const { groupId } = this.#options;
    return new EbbError('CONSUMER_FAILED', `consumer group ${groupId} cannot be joined: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

function listPartitions(assignment: Record<string, number[]>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}
