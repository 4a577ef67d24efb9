import { type KafkaHandle, type OffsetRange, readRanges, topicOffsets } from '@ebb/kafka';
import { z } from 'zod';
import { keyName } from '../compare/row-set.ts';

/** The last a topic says of a key. */
export interface ChangeMessage {
  readonly key: readonly string[];
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly op: string;
  /** The row after the change, as Debezium writes it; null for a delete. */
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly sequence: string | null;
  readonly epoch: number;
}

const envelope = z.object({
  op: z.string(),
  after: z.record(z.string(), z.unknown()).nullish(),
  source: z.object({ sequence: z.string().nullish() }).loose(),
});

/** Most messages that are read in search of keys nobody knows a position of. */
const MOST_MESSAGES = 1_000_000;

/**
 * The last message of each key, in the log from `from` of each partition on; without any, all of it, as far back as is
 * bearable. `isComplete` says whether that was everything there ever was.
 */
export async function lastMessages(
  kafka: KafkaHandle,
  { topic, columns }: { topic: string; columns: readonly string[] },
  keys: readonly (readonly string[])[],
  from: ReadonlyMap<number, number>,
): Promise<{ messages: Map<string, ChangeMessage>; isComplete: boolean }> {
  const bounds = await topicOffsets(kafka, topic);
  const share = Math.floor(MOST_MESSAGES / Math.max(1, bounds.length));
  let isComplete = true;
  const ranges = bounds.map(({ partition, low, high }): OffsetRange => {
    const start = from.size === 0 ? Number(low) : (from.get(partition) ?? Number(high));
    const bearable = Math.max(start, Number(high) - share);
    if (bearable > start || from.size > 0 || low > 0n) isComplete = false;
    return { partition, from: bearable, to: Number(high) };
  });
  const wanted = new Set(keys.map(keyName));
  const messages = new Map<string, ChangeMessage>();
  await readRanges(kafka, topic, ranges, (message) => {
    const key = message.value === null ? null : keyOf(message.key, columns);
    if (key === null || !wanted.has(keyName(key))) return;
    const parsed = readChange(message.value);
    if (parsed === null) return;
    messages.set(keyName(key), {
      key,
      partition: message.partition,
      offset: message.offset,
      timestampMs: message.timestampMs,
      epoch: Number(message.headers['ebb-epoch'] ?? 0),
      ...parsed,
    });
  });
  return { messages, isComplete };
}

export function readChange(value: Buffer | null): Pick<ChangeMessage, 'op' | 'after' | 'sequence'> | null {
  try {
    const parsed = envelope.safeParse(JSON.parse(value?.toString() ?? ''));
    if (!parsed.success) return null;
    const { op, after, source } = parsed.data;
    return { op, after: after ?? null, sequence: source.sequence ?? null };
  } catch {
    return null;
  }
}

function keyOf(key: Buffer | null, columns: readonly string[]): string[] | null {
  try {
    const record = z.record(z.string(), z.unknown()).parse(JSON.parse(key?.toString() ?? ''));
    return columns.map((name) => keyPart(record[name]));
  } catch {
    return null;
  }
}

function keyPart(value: unknown): string {
  return typeof value === 'string' ? value.replace(/^(\d{4}-\d{2}-\d{2})Z$/, '$1') : String(value);
}
