import type { Clock } from '@ebb/core';
import { DashboardError } from '../errors.ts';
import type { DashboardMetrics } from '../metrics.ts';
import { Channel, type Subscriber } from './channel.ts';
import type { LiveReader } from './live-reader.ts';
import { type Choice, choiceKey } from './selection.ts';

export interface HubOptions {
  readonly reader: LiveReader;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly maxStreams: number;
  readonly maxChannels: number;
  readonly metrics: DashboardMetrics;
  readonly onFailure: (error: unknown) => void;
}

/** All live streams of this process: pages of one selection share a channel, which ends with its last page. */
export class LiveHub {
  readonly #options: HubOptions;
  readonly #channels = new Map<string, Channel>();
  #streams = 0;
  #isClosed = false;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /** Refuses a stream that would go beyond the limits; call before the answer's headers are sent. */
  assertRoom(choice: Choice): void {
    if (this.#isClosed) throw new DashboardError('STOPPING', 'The dashboard is stopping.');
    const { maxStreams, maxChannels, metrics } = this.#options;
    const isNewChannel = !this.#channels.has(choiceKey(choice));
    if (this.#streams < maxStreams && !(isNewChannel && this.#channels.size >= maxChannels)) return;
    metrics.refusedStreams.inc();
    const what = this.#streams >= maxStreams ? `${maxStreams} live pages` : `${maxChannels} different selections`;
    throw new DashboardError('TOO_MANY_STREAMS', `${what} are open already, the most this dashboard serves at once.`);
  }

  /** Returns how to unsubscribe; calling that twice is harmless. */
  subscribe(choice: Choice, subscriber: Subscriber): () => void {
    this.assertRoom(choice);
    const key = choiceKey(choice);
    const channel = this.#channels.get(key) ?? this.#open(key, choice);
    this.#streams += 1;
    channel.add(subscriber);
    this.#count();
    let isSubscribed = true;
    return () => {
      if (!isSubscribed) return;
      isSubscribed = false;
      this.#streams -= 1;
      channel.remove(subscriber);
      if (channel.size === 0) this.#closeChannel(key, channel);
      this.#count();
    };
  }

  /** Says goodbye to every page; they come back to whoever answers next. */
  close(): void {
    this.#isClosed = true;
    for (const [key, channel] of this.#channels) this.#closeChannel(key, channel);
    this.#count();
  }

  #open(key: string, choice: Choice): Channel {
    const { reader, clock, pollMs, metrics, onFailure } = this.#options;
    const channel = new Channel({ choice, reader, clock, pollMs, metrics, onFailure });
    this.#channels.set(key, channel);
    channel.start();
    return channel;
  }

  #closeChannel(key: string, channel: Channel): void {
    if (this.#channels.get(key) === channel) this.#channels.delete(key);
    channel.close();
  }

  #count(): void {
    this.#options.metrics.streams.set(this.#streams);
    this.#options.metrics.channels.set(this.#channels.size);
  }
}
