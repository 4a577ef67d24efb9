import type { ICustomPartitioner } from 'kafkajs';
import { Partitioners } from './kafkajs.ts';

const MULTIPLIER = 0x5bd1e995;
const SEED = 0x9747b28c;
const POSITIVE = 0x7fffffff;

/**
 * The default partitioner, with Java's murmur2 in 32-bit arithmetic: the driver's own goes through 64-bit number
 * objects and takes a tenth of a producer's processor time. A message without a key is spread by the driver.
 */
export const keyPartitioner: ICustomPartitioner = () => {
  const fallback = Partitioners.DefaultPartitioner();
  return (args) => {
    const { key } = args.message;
    if (key === null || key === undefined || typeof args.message.partition === 'number') return fallback(args);
    const bytes = Buffer.isBuffer(key) ? key : Buffer.from(key);
    return (murmur2(bytes) & POSITIVE) % args.partitionMetadata.length;
  };
};

/** MurmurHash2 (A. Appleby) with Kafka's seed, as a signed 32-bit number. */
export function murmur2(data: Buffer): number {
  const { length } = data;
  const words = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < words; at += 4) {
    let word = Math.imul(data.readInt32LE(at), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const rest = length - words;
  if (rest === 3) hash ^= (data[words + 2] ?? 0) << 16;
  if (rest >= 2) hash ^= (data[words + 1] ?? 0) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (data[words] ?? 0), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
