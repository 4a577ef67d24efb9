import type { Batch, IHeaders, KafkaMessage } from 'kafkajs';
import { FetchedRecord } from './fetched-record.ts';

/** A message as read from a topic. Offsets are numbers: 2^53 messages in one partition are out of reach. */
export interface ConsumedMessage {
  readonly offset: number;
  /** The broker's clock on topics with LogAppendTime. */
  readonly timestampMs: number;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * What one fetch brought of one partition. It covers [fromOffset, toOffset) even where messages are missing in between:
 * markers of transactions and compacted messages leave holes in the offsets, so offsets alone do not show a gap.
 */
export interface MessageChunk {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Offset of the next message the partition will get, as of the fetch. */
  readonly highWatermark: number;
  readonly bytes: number;
  readonly messages: readonly ConsumedMessage[];
}

const NO_HEADERS: Readonly<Record<string, string | undefined>> = Object.freeze({});

export function toChunk(batch: Batch): MessageChunk {
  // The driver has these fields, its types leave one out.
  const { fetchedOffset } = batch as Batch & { fetchedOffset: string };
  let bytes = 0;
  const messages = batch.messages.map((message) => {
    bytes += message.value?.length ?? 0;
    return toMessage(message);
  });
  return {
    topic: batch.topic,
    partition: batch.partition,
    fromOffset: Number(fetchedOffset),
    toOffset: Number(batch.lastOffset()) + 1,
    highWatermark: Number(batch.highWatermark),
    bytes,
    messages,
  };
}

function toMessage(message: KafkaMessage | FetchedRecord): ConsumedMessage {
  const isRecord = message instanceof FetchedRecord;
  return {
    offset: isRecord ? message.offsetNumber : Number(message.offset),
    timestampMs: isRecord ? message.timestampMs : Number(message.timestamp),
    value: message.value,
    headers: message.headers === undefined ? NO_HEADERS : textsOf(message.headers),
  };
}

let lastHeaders: IHeaders = {};
let lastTexts = NO_HEADERS;

/** Records of a batch share their headers; a texts object is then shared as well. */
function textsOf(headers: IHeaders): Readonly<Record<string, string | undefined>> {
  if (headers !== lastHeaders) {
    lastTexts = toTextHeaders(headers);
    lastHeaders = headers;
  }
  return lastTexts;
}

function toTextHeaders(headers: IHeaders): Readonly<Record<string, string | undefined>> {
  let result: Record<string, string | undefined> | undefined;
  for (const name in headers) {
    const value = headers[name];
    result ??= {};
    // A header may be repeated; the last one counts, as in most clients.
    const last = Array.isArray(value) ? value.at(-1) : value;
    // A header may also have no value.
    result[name] = last === undefined || last === null ? undefined : headerText(last);
  }
  return result ?? NO_HEADERS;
}

function headerText(value: Buffer | string): string {
  if (typeof value === 'string') return value;
  // Nearly every header is one digit (the policy version).
  return value.length === 1 ? String.fromCharCode(value[0] ?? 0) : value.toString('utf8');
}
