import { createRequire } from 'node:module';
import type { IHeaders } from 'kafkajs';
import { EbbError } from '@ebb/core';
import type { KafkaErrorCode } from './errors.ts';
import { type FetchedBatch, FetchedRecord } from './fetched-record.ts';

interface DriverDecoder {
  readVarIntArray<T>(read: (decoder: DriverDecoder) => T): T[];
}

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => DriverDecoder;
const readHeader = require('kafkajs/src/protocol/recordBatch/header/v0/decoder.js') as (decoder: DriverDecoder) => {
  key: string;
  value: Buffer;
};

/** Of all records of a batch. */
export interface RecordBase {
  readonly firstOffset: number;
  readonly firstTimestampMs: number;
  /** The broker's clock, if the topic keeps that: it holds for every record. */
  readonly appendTimeMs: number | null;
}

/** Reads records, Kafka's version 2, one after the other out of the bytes of a batch. */
export class RecordReader {
  readonly #batch: FetchedBatch;
  readonly #bytes: Buffer;
  readonly #base: RecordBase;
  #at = 0;
  /** Records of a batch nearly always have the same headers: they are read once. */
  #headers: IHeaders | undefined;
  #headersStart = 0;
  #headersEnd = 0;

  constructor(batch: FetchedBatch, base: RecordBase) {
    this.#batch = batch;
    this.#bytes = batch.bytes;
    this.#base = base;
  }

  next(): FetchedRecord {
    const { firstOffset, firstTimestampMs, appendTimeMs } = this.#base;
    const length = this.#varint();
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw brokenBatch(firstOffset, end, this.#bytes.length);
    // The record's own attributes have no meaning yet.
    this.#at += 1;
    const timestampMs = firstTimestampMs + this.#varint();
    const offset = firstOffset + this.#varint();
    const keyLength = this.#varint();
    const keyStart = this.#at;
    if (keyLength > 0) this.#at += keyLength;
    const value = this.#value();
    const headers = this.#headersUpTo(end);
    this.#at = end;
    const fields = { offset, timestampMs: appendTimeMs ?? timestampMs, keyStart, keyLength, value, headers };
    return new FetchedRecord(this.#batch, fields);
  }

  #value(): Buffer | null {
    const length = this.#varint();
    if (length < 0) return null;
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  #headersUpTo(end: number): IHeaders {
    const start = this.#at;
    if (this.#headers === undefined || !this.#isSameHeaders(start, end)) {
      this.#headers = readHeaders(this.#bytes.subarray(start, end));
      this.#headersStart = start;
      this.#headersEnd = end;
    }
    return this.#headers;
  }

  #isSameHeaders(start: number, end: number): boolean {
    const length = end - start;
    const before = this.#headersStart;
    if (this.#headersEnd - before !== length) return false;
    const bytes = this.#bytes;
    for (let index = 0; index < length; index += 1) if (bytes[before + index] !== bytes[start + index]) return false;
    return true;
  }

  /** A zigzag number of at most 64 bits; exact to 2^53. */
  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at] ?? 0;
    this.#at += 1;
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1);
    let result = byte & 127;
    for (let factor = 128; byte >= 128; factor *= 128) {
      byte = bytes[this.#at] ?? 0;
      this.#at += 1;
      result += (byte & 127) * factor;
    }
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  }
}

/** As the driver gives them: a name that is repeated has a list of values. */
function readHeaders(section: Buffer): IHeaders {
  const headers: IHeaders = {};
  for (const { key, value } of new Decoder(section).readVarIntArray(readHeader)) {
    const known = Object.hasOwn(headers, key) ? headers[key] : undefined;
    const values = known === undefined ? value : [known, value].flat();
    // Not by assignment: a name such as `__proto__` is plain data.
    Object.defineProperty(headers, key, { value: values, enumerable: true, configurable: true, writable: true });
  }
  return Object.freeze(headers);
}

function brokenBatch(firstOffset: number, end: number, length: number): EbbError<KafkaErrorCode> {
  const message = `the batch at offset ${firstOffset} has ${length} bytes, a record of it ends at ${end}: it is damaged`;
  return new EbbError('BATCH_DAMAGED', message);
}
