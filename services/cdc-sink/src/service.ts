import { errorMessage, sleep } from '@ebb/core';
import type { GroupConsumer, TopicPartition } from '@ebb/kafka';
import type { Logger, Readiness, Service } from '@ebb/runtime';
import type { HopName, HopState } from './hops-store.ts';
import type { Lane } from './lane.ts';
import { keyOf } from './lane-partitions.ts';
import type { Monitor } from './monitor.ts';
import type { TopicFinder } from './topic-finder.ts';

/** A lane and the consumer that feeds it. */
export interface LaneFeed {
  readonly lane: Lane;
  readonly consumer: GroupConsumer;
  readonly hop: HopName;
}

export interface SinkDeps {
  readonly feeds: readonly LaneFeed[];
  readonly monitor: Monitor;
  readonly finder: TopicFinder;
  /** Tables that take no rows, in words. */
  readonly stoppedTables: () => readonly string[];
  readonly saveHops: (hops: readonly HopState[]) => Promise<void>;
  readonly logger: Logger;
  readonly monitorMs: number;
}

const MIRROR_MS = 1_000;

/** Hands what the consumers fetch to the lanes, and keeps the helpers around them running. */
export class Sink implements Service {
  readonly #deps: SinkDeps;
  readonly #stopping = new AbortController();
  readonly #assigned = new Map<Lane, ReadonlySet<string>>();
  readonly #mirrored = new Map<string, number>();
  #lanesDone: Promise<unknown> = Promise.resolve();

  constructor(deps: SinkDeps) {
    this.#deps = deps;
  }

  /** Ready: the stores take what comes. A single table or partition that stands still is a note, not unreadiness. */
  readiness(): Readiness & { notes: string[] } {
    const { feeds, monitor, stoppedTables } = this.#deps;
    const reasons: string[] = [];
    if (this.#stopping.signal.aborted) reasons.push('stopping');
    for (const { lane } of feeds) if (lane.trouble !== null) reasons.push(`${lane.name}: ${lane.trouble}`);
    if (!this.#assigned.has(this.#webLane)) reasons.push('not in the consumer group yet');
    if (monitor.isBrokerAway) reasons.push('Kafka does not answer');
    if (monitor.isClickhouseAway) reasons.push('ClickHouse does not answer');
    const alarms = feeds.flatMap(({ lane }) =>
      lane.partitions.flatMap(({ queue }) => (queue.alarm === null ? [] : [`${keyOf(queue.id)}: ${queue.alarm}`])),
    );
    return { ready: reasons.length === 0, reasons, notes: [...stoppedTables(), ...alarms] };
  }

  async run(): Promise<void> {
    const { feeds, finder } = this.#deps;
    this.#lanesDone = Promise.all(feeds.map(({ lane }) => lane.run()));
    const consuming = feeds.map(({ lane, consumer }) =>
      consumer.run({
        onAssigned: (partitions) => this.#assign(lane, partitions),
        onChunk: (chunk, control) => lane.push(chunk, control),
        onFetched: (startedAtMs) => lane.markFetched(startedAtMs),
      }),
    );
    const helpers = [this.#watch(), this.#mirror(), finder.run(this.#stopping.signal)];
    try {
      await Promise.race([...consuming, this.#lanesDone, ...helpers]);
      if (!this.#stopping.signal.aborted) throw new Error('a part of the sink ended by itself');
      await Promise.all([this.#lanesDone, ...helpers]);
    } finally {
      this.#stopping.abort();
    }
  }

  /** Stores what is decoded; what is fetched and not decoded stays where it is, in the topics. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    for (const { lane } of this.#deps.feeds) lane.stop();
    await this.#lanesDone;
    await this.#commitMirrors().catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { lane } of this.#deps.feeds) lane.stop();
    await Promise.all(this.#deps.feeds.map(({ consumer }) => consumer.stop()));
    await this.#lanesDone;
  }

  /** Where the next fetch of a partition starts, if it is ours: else the position would be kept, and used when it comes back. */
  seek(lane: Lane, id: TopicPartition, offset: number): void {
    if (!this.#assigned.get(lane)?.has(keyOf(id))) return;
    this.#deps.feeds.find((feed) => feed.lane === lane)?.consumer.seek(id, offset);
  }

  get #webLane(): Lane {
    return (this.#deps.feeds[0] as LaneFeed).lane;
  }

  #assign(lane: Lane, partitions: readonly TopicPartition[]): void {
    this.#assigned.set(lane, new Set(partitions.map(keyOf)));
    this.#mirrored.clear();
    lane.assign(partitions);
    this.#deps.logger.info({ event: 'partitions_assigned', lane: lane.name, partitions: partitions.map(keyOf) });
  }

  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await sleep(this.#deps.monitorMs, this.#stopping.signal);
      if (!this.#stopping.signal.aborted) await this.#deps.monitor.look();
    }
  }

  /** Tells others how far the lanes are, once a second. Nothing depends on it. */
  async #mirror(): Promise<void> {
    const { logger, saveHops } = this.#deps;
    const note = (error: unknown): void => logger.debug({ event: 'mirror_failed', message: errorMessage(error) });
    while (!this.#stopping.signal.aborted) {
      await sleep(MIRROR_MS, this.#stopping.signal);
      await Promise.all([this.#commitMirrors().catch(note), saveHops(this.#hops()).catch(note)]);
    }
  }

  async #commitMirrors(): Promise<void> {
    for (const { lane, consumer } of this.#deps.feeds) {
      const moved = lane.partitions.flatMap(({ queue: { id }, storedOffset }) =>
        storedOffset === undefined || this.#mirrored.get(keyOf(id)) === storedOffset
          ? []
          : [{ ...id, offset: storedOffset }],
      );
      await consumer.commit(moved);
      for (const position of moved) this.#mirrored.set(keyOf(position), position.offset);
    }
  }

  #hops(): HopState[] {
    return this.#deps.feeds
      .filter(({ lane }) => lane.partitions.length > 0)
      .map(({ lane, hop }) => {
        const alarm = lane.partitions.find(({ queue }) => queue.alarm !== null)?.queue;
        const problem = lane.trouble ?? (alarm === undefined ? null : `${keyOf(alarm.id)}: ${alarm.alarm}`);
        return { hop, asOfMs: lane.asOfMs, backlog: lane.backlog, problem };
      });
  }
}
