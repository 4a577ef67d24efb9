import type { ConsumedMessage, MessageChunk } from './consumed-message.ts';
import type { TopicPartition } from './consumer.ts';

/** Messages of one partition that a batch takes: exactly [from, to). */
export interface Slice<Kind = string> {
  readonly queue: PartitionQueue<Kind>;
  /** Of the queue when the slice was taken; another one means the slice is no longer its head. */
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly messages: readonly ConsumedMessage[];
}

export type PushOutcome = 'queued' | 'repeated' | 'gap';

/**
 * The fetched and not yet stored messages of one partition, contiguous from `next`, the stored position.
 * Unknown (`next` undefined): after an assignment or a failure, until the position is loaded; chunks are kept meanwhile.
 * Known: chunks below the end are skipped, a chunk above it is a gap. Stopped: has an alarm, takes nothing.
 */
export class PartitionQueue<Kind = string> {
  readonly id: TopicPartition;
  /** What its owner tells partitions apart by. */
  readonly kind: Kind;
  next: number | undefined;
  alarm: string | null = null;
  /** Offset of the next message the log will get, as last heard. */
  high = 0;
  epoch = 0;
  bytes = 0;
  #chunks: MessageChunk[] = [];
  /** Messages of the first chunk that are done. */
  #done = 0;
  #end: number | undefined;
  /** Lowest position the kept messages can start from. */
  #floor = 0;
  #gap = { end: -1, count: 0 };

  constructor(id: TopicPartition, kind: Kind) {
    this.id = id;
    this.kind = kind;
  }

  get hasWork(): boolean {
    return this.next !== undefined && this.alarm === null && this.#chunks.length > 0;
  }

  /** Whether the position must be loaded before anything else can be done. */
  get isUnknown(): boolean {
    return this.next === undefined && this.alarm === null;
  }

  get lag(): number {
    return this.next === undefined ? 0 : Math.max(0, this.high - this.next);
  }

  push(chunk: MessageChunk): PushOutcome {
    this.high = Math.max(this.high, chunk.highWatermark);
    if (this.alarm !== null) return 'repeated';
    const end = this.#end ?? chunk.fromOffset;
    if (chunk.toOffset <= end) return 'repeated';
    if (chunk.fromOffset > end) return 'gap';
    this.#append(chunk, end);
    return 'queued';
  }

  /** Where fetching must go on; undefined while nothing is known. */
  get end(): number | undefined {
    return this.#end;
  }

  #append(chunk: MessageChunk, end: number): void {
    const messages = chunk.fromOffset === end ? chunk.messages : chunk.messages.filter(({ offset }) => offset >= end);
    this.#chunks.push({ ...chunk, messages });
    this.bytes += chunk.bytes;
    this.#end = chunk.toOffset;
  }

  /** Takes the loaded position; returns whether fetching must go on from there instead of from where it is. */
  start(next: number): boolean {
    const first = this.#chunks[0]?.fromOffset;
    const isCovered =
      first !== undefined && this.#end !== undefined && Math.max(first, this.#floor) <= next && next <= this.#end;
    if (!isCovered) this.#drop();
    this.next = next;
    this.#end ??= next;
    if (isCovered) this.#skipTo(next);
    return !isCovered;
  }

  /** Forgets the position but keeps what was fetched: after a failure it is unknown whether the batch was stored. */
  unload(): void {
    this.#floor = this.next ?? this.#floor;
    this.next = undefined;
    this.epoch += 1;
  }

  /** Forgets position and messages. */
  forget(): void {
    this.unload();
    this.#drop();
  }

  stop(alarm: string): void {
    this.forget();
    this.alarm = alarm;
  }

  /** Somebody cleared the alarm: the position is loaded again. */
  resume(): void {
    this.alarm = null;
    this.forget();
  }

  /** The next messages, at least one chunk's remainder or one message; null when there is nothing to do. */
  take(mostMessages: number, mostBytes: number): Slice<Kind> | null {
    const { next } = this;
    if (next === undefined || !this.hasWork) return null;
    const messages: ConsumedMessage[] = [];
    let to = next;
    let bytes = 0;
    let first = this.#done;
    for (const chunk of this.#chunks) {
      for (let index = first; index < chunk.messages.length; index += 1) {
        const message = chunk.messages[index] as ConsumedMessage;
        bytes += message.value?.length ?? 0;
        if (messages.length > 0 && (messages.length >= mostMessages || bytes > mostBytes)) {
          return { queue: this, epoch: this.epoch, from: next, to, messages };
        }
        messages.push(message);
        to = message.offset + 1;
      }
      to = chunk.toOffset;
      first = 0;
    }
    return { queue: this, epoch: this.epoch, from: next, to, messages };
  }

  /** How often a gap was seen right after `end`, this time included. */
  countGap(end: number): number {
    this.#gap = this.#gap.end === end ? { end, count: this.#gap.count + 1 } : { end, count: 1 };
    return this.#gap.count;
  }

  /** The slice is stored. */
  advance(slice: Slice<Kind>): void {
    if (slice.epoch !== this.epoch) return;
    this.next = slice.to;
    this.#skipTo(slice.to);
  }

  #skipTo(offset: number): void {
    for (let chunk = this.#chunks[0]; chunk !== undefined && chunk.toOffset <= offset; chunk = this.#chunks[0]) {
      this.#chunks.shift();
      this.#done = 0;
      this.bytes -= chunk.bytes;
    }
    const messages = this.#chunks[0]?.messages ?? [];
    while (this.#done < messages.length && (messages[this.#done]?.offset ?? offset) < offset) this.#done += 1;
  }

  #drop(): void {
    this.#chunks = [];
    this.#done = 0;
    this.#end = undefined;
    this.#floor = 0;
    this.bytes = 0;
  }
}
