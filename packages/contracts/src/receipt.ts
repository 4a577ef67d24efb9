import { hash } from 'node:crypto';
import { MINUTE_MS, ok, type Result } from '@ebb/core';
import { z } from 'zod';
import { readMessageBody } from './message-body.ts';
import { reject, type Rejection } from './rejection.ts';
import { rejectIssue } from './zod-rejection.ts';

const MODULUS = 1n << 64n;

/**
 * Count and checksum of a set of event ids. The checksum is the sum, modulo 2^64, of the first 8 bytes of each id's
 * SHA-256: independent of order, so two ledgers can be compared without sorting, and mergeable by adding.
 */
export interface IdTally {
  readonly count: number;
  readonly checksum: bigint;
}

export const EMPTY_TALLY: IdTally = { count: 0, checksum: 0n };

/** Ids between two conversions to bigint: sums of so many 32-bit halves are exact in a double. */
const IDS_PER_FOLD = 1_048_576;

export function tallyIds(ids: Iterable<string>): IdTally {
  let count = 0;
  let checksum = 0n;
  let highs = 0;
  let lows = 0;
  for (const id of ids) {
    // Hexadecimal text: a Buffer for each digest costs three times the hash itself.
    const digest = hash('sha256', id, 'hex');
    highs += Number.parseInt(digest.slice(0, 8), 16);
    lows += Number.parseInt(digest.slice(8, 16), 16);
    count += 1;
    if (count % IDS_PER_FOLD !== 0) continue;
    checksum += (BigInt(highs) << 32n) + BigInt(lows);
    highs = 0;
    lows = 0;
  }
  checksum += (BigInt(highs) << 32n) + BigInt(lows);
  return { count, checksum: checksum % MODULUS };
}

export function addTallies(a: IdTally, b: IdTally): IdTally {
  return { count: a.count + b.count, checksum: (a.checksum + b.checksum) % MODULUS };
}

/** What a collector answered 202 for, in one minute of its clock, for one write key, topic and process. */
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
