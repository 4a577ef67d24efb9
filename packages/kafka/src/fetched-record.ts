import type { IHeaders } from 'kafkajs';

/** A batch of records: what they have in common, and their bytes once decompressed. */
export interface FetchedBatch {
  readonly bytes: Buffer;
  /** Decides, with the list of aborted transactions, whether its records count. */
  readonly producerId: string;
  readonly inTransaction: boolean;
  /** Markers of transactions. */
  readonly isControlBatch: boolean;
}

export interface RecordFields {
  readonly offset: number;
  readonly timestampMs: number;
  readonly keyStart: number;
  /** Negative: no key. */
  readonly keyLength: number;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

/**
 * A record as the driver hands it out, with its offset and time as numbers: the texts that the driver's interface demands
 * are made when somebody asks for them, which nearly nobody does. Nor for the key.
 */
export class FetchedRecord {
  readonly magicByte = 2;
  readonly attributes = 0;
  readonly offsetNumber: number;
  readonly timestampMs: number;
  readonly value: Buffer | null;
  /** Shared with records that have the same. */
  readonly headers: IHeaders;
  readonly batchContext: FetchedBatch;
  readonly #keyStart: number;
  readonly #keyLength: number;

  constructor(batch: FetchedBatch, fields: RecordFields) {
    this.offsetNumber = fields.offset;
    this.timestampMs = fields.timestampMs;
    this.value = fields.value;
    this.headers = fields.headers;
    this.batchContext = batch;
    this.#keyStart = fields.keyStart;
    this.#keyLength = fields.keyLength;
  }

  get offset(): string {
    return String(this.offsetNumber);
  }

  get timestamp(): string {
    return String(this.timestampMs);
  }

  get key(): Buffer | null {
    const start = this.#keyStart;
    return this.#keyLength < 0 ? null : this.batchContext.bytes.subarray(start, start + this.#keyLength);
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }
}
