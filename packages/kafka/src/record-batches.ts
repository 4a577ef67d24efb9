import { createRequire } from 'node:module';
import { type FetchedBatch, FetchedRecord } from './fetched-record.ts';
import { RecordReader } from './record-reader.ts';

/**
 * The driver takes as long to read a message as to parse its JSON: big integers for offsets and times, a reader and a
 * headers object for each. Here a batch is read in one pass, and its numbers are numbers. Must be loaded before the driver,
 * which then finds these in place of its own decoder of record batches and of its own list of fetched messages; what the
 * messages are and which of them count stays the same.
 */

export interface DriverDecoder {
  readonly buffer: Buffer;
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readAll(): Buffer;
  slice(bytes: number): DriverDecoder;
  forward(bytes: number): void;
}

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

type Message = { readonly offset: string; readonly isControlRecord?: boolean };

interface PartitionData {
  readonly abortedTransactions: readonly unknown[];
  readonly messages: readonly Message[];
}

interface DriverBatch {
  rawMessages: readonly Message[];
  messagesWithinOffset: readonly Message[];
  messages: readonly Message[];
}

const require = createRequire(import.meta.url);
const { KafkaJSPartialMessageError } = require('kafkajs/src/errors.js') as {
  KafkaJSPartialMessageError: new (message: string) => Error;
};
const { lookupCodecByAttributes } = require('kafkajs/src/protocol/message/compression/index.js') as {
  lookupCodecByAttributes: (attributes: number) => Codec | null;
};
const withoutAborted = require('kafkajs/src/consumer/filterAbortedMessages.js') as (
  data: Pick<PartitionData, 'messages' | 'abortedTransactions'>,
) => readonly Message[];
const BATCH_MODULE = 'kafkajs/src/consumer/batch.js';
const DriverBatch = require(BATCH_MODULE) as new (topic: string, offset: string, data: PartitionData) => DriverBatch;

const APPEND_TIME = 0x8;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Reads the batch that the decoder stands before. The last of a fetch may be cut off: the driver then drops it. */
export async function decodeBatch(fetched: DriverDecoder): Promise<{ readonly records: readonly FetchedRecord[] }> {
  const firstOffset = Number(fetched.readInt64());
  const length = fetched.readInt32();
  const decoder = fetched.slice(length);
  fetched.forward(length);
  if (decoder.buffer.length < length) {
    throw new KafkaJSPartialMessageError(`the batch has ${length} bytes, ${decoder.buffer.length} of them came`);
  }
  const header = readHeader(decoder);
  const codec = lookupCodecByAttributes(header.attributes);
  const count = decoder.readInt32();
  if (count <= 0) return { records: [] };
  const rest = decoder.readAll();
  const batch = { ...header, bytes: codec === null ? rest : await codec.decompress(rest) };
  return { records: readRecords(batch, firstOffset, count) };
}

interface Header extends Omit<FetchedBatch, 'bytes'> {
  readonly attributes: number;
  readonly firstTimestampMs: number;
  readonly appendTimeMs: number | null;
}

function readHeader(decoder: DriverDecoder): Header {
  // Epoch of the leader, version and checksum, which the driver does not look at either.
  decoder.forward(4 + 1 + 4);
  const attributes = decoder.readInt16();
  decoder.forward(4);
  const firstTimestampMs = Number(decoder.readInt64());
  const maxTimestampMs = Number(decoder.readInt64());
  const producerId = String(decoder.readInt64());
  decoder.forward(2 + 4);
  return {
    attributes,
    firstTimestampMs,
    appendTimeMs: (attributes & APPEND_TIME) === 0 ? null : maxTimestampMs,
    producerId,
    inTransaction: (attributes & TRANSACTIONAL) !== 0,
    isControlBatch: (attributes & CONTROL) !== 0,
  };
}

function readRecords(batch: Header & FetchedBatch, firstOffset: number, count: number): FetchedRecord[] {
  const { firstTimestampMs, appendTimeMs } = batch;
  const reader = new RecordReader(batch, { firstOffset, firstTimestampMs, appendTimeMs });
  const records: FetchedRecord[] = [];
  for (let index = 0; index < count; index += 1) records.push(reader.next());
  return records;
}

/** The driver's, but for how offsets are compared. */
export class FetchedMessages extends DriverBatch {
  constructor(topic: string, fetchedOffset: string, data: PartitionData) {
    super(topic, fetchedOffset, { ...data, messages: [] });
    const from = Number(fetchedOffset);
    this.rawMessages = data.messages;
    this.messagesWithinOffset = data.messages.filter((message) => offsetOf(message) >= from);
    this.messages = withoutAborted({ ...data, messages: this.messagesWithinOffset }).filter(
      ({ isControlRecord }) => isControlRecord !== true,
    );
  }
}

function offsetOf(message: Message): number {
  return message instanceof FetchedRecord ? message.offsetNumber : Number(message.offset);
}

function replace(name: string, replacement: unknown): void {
  const path = require.resolve(name);
  require(path);
  const loaded = require.cache[path];
  if (loaded !== undefined) loaded.exports = replacement;
}

replace('kafkajs/src/protocol/recordBatch/v0/decoder.js', decodeBatch);
replace(BATCH_MODULE, FetchedMessages);
