import { MINUTE_MS, ok, type Result } from '@ebb/core';
import { z } from 'zod';
import type { EventDigest } from './event-digest.ts';
import { readMessageBody } from './message-body.ts';
import { reject, type Rejection } from './rejection.ts';
import { rejectIssue } from './zod-rejection.ts';

const MODULUS = 1n << 64n;

/**
 * Count and checksum of a set of events. The checksum is the sum, modulo 2^64, of bytes 8..15 of each event's digest:
 * independent of order, so two ledgers can be compared without sorting, and mergeable by adding. The same bytes end the
 * key of stream.web_events, so that the database can make the sum from what it stores.
 */
export interface IdTally {
  readonly count: number;
  readonly checksum: bigint;
}

export const EMPTY_TALLY: IdTally = { count: 0, checksum: 0n };

/** Collects a tally. Sums of 32-bit halves are exact in a double for two million events, far beyond a batch. */
export class TallyBuilder {
  count = 0;
  #highs = 0;
  #lows = 0;

  add({ c, d }: EventDigest): void {
    this.count += 1;
    this.#highs += c >>> 0;
    this.#lows += d >>> 0;
  }

  get checksum(): bigint {
    return ((BigInt(this.#highs) << 32n) + BigInt(this.#lows)) % MODULUS;
  }
}

export function tallyDigests(digests: Iterable<EventDigest>): IdTally {
  const tally = new TallyBuilder();
  for (const digest of digests) tally.add(digest);
  return { count: tally.count, checksum: tally.checksum };
}

export function addTallies(a: IdTally, b: IdTally): IdTally {
  return { count: a.count + b.count, checksum: (a.checksum + b.checksum) % MODULUS };
}

/** What a collector answered 202 for, of the events that carry one bucket in their header, for one write key and topic. */
export interface Receipt extends IdTally {
  /** Unique: a receipt that is produced twice counts once. */
  readonly id: string;
  readonly collectorId: string;
  readonly writeKeyId: string;
  /** Topic the events went to. */
  readonly topic: string;
  readonly minuteStartMs: number;
}

export const receiptWireSchema = z.object({
  id: z.uuid(),
  collector_id: z.string().min(1).max(64),
  write_key_id: z.string().min(1).max(64),
  topic: z.string().min(1).max(249),
  minute: z.iso.datetime(),
  count: z.int().min(1),
  /** 64 bits as 16 hexadecimal digits: a JSON number would lose the low bits. */
  checksum: z.string().regex(/^[0-9a-f]{16}$/),
});

export function encodeReceipt(receipt: Receipt): string {
  return JSON.stringify({
    id: receipt.id,
    collector_id: receipt.collectorId,
    write_key_id: receipt.writeKeyId,
    topic: receipt.topic,
    minute: new Date(receipt.minuteStartMs).toISOString(),
    count: receipt.count,
    checksum: receipt.checksum.toString(16).padStart(16, '0'),
  });
}

/** Reads a message of the topic `collector_receipts`. Total. */
export function parseReceipt(body: Buffer | null): Result<Receipt, Rejection> {
  const value = readMessageBody(body);
  if (!value.ok) return value;
  const parsed = receiptWireSchema.safeParse(value.value);
  if (!parsed.success) return rejectIssue(parsed.error, value.value);
  const wire = parsed.data;
  const minute = Date.parse(wire.minute);
  if (minute % MINUTE_MS !== 0) {
    return reject('invalid_timestamp', `minute is ${wire.minute}, expected the start of a minute`, 'minute');
  }
  return ok({
    id: wire.id,
    collectorId: wire.collector_id,
    writeKeyId: wire.write_key_id,
    topic: wire.topic,
    minuteStartMs: minute,
    count: wire.count,
    checksum: BigInt(`0x${wire.checksum}`),
  });
}

/** Which receipt an event belongs to: the process that took it and the minute of its clock, decided before producing. */
export interface ReceiptBucket {
  readonly collectorId: string;
  readonly minuteStartMs: number;
}

const BUCKET = /^([0-9a-z]{1,32})\.([0-9a-z]{1,8})$/;

/** Short, since every message carries it: `<collector>.<minutes since 1970 in base 36>`. */
export function encodeReceiptBucket({ collectorId, minuteStartMs }: ReceiptBucket): string {
  return `${collectorId}.${Math.floor(minuteStartMs / MINUTE_MS).toString(36)}`;
}

export function parseReceiptBucket(text: string): ReceiptBucket | null {
  const [, collectorId, minute] = BUCKET.exec(text) ?? [];
  if (collectorId === undefined || minute === undefined) return null;
  const minuteStartMs = Number.parseInt(minute, 36) * MINUTE_MS;
  return minuteStartMs <= MAX_TIME_MS ? { collectorId, minuteStartMs } : null;
}

/** The end of the year 9999: a header is anybody's text, and a timestamp that Postgres refuses would stop a partition. */
const MAX_TIME_MS = 253_402_300_799_000;
