import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HistoryRow, parseHistoryRow } from '../history-row.ts';
import type { TestPartition } from './harness.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

interface RecordedMessage {
  topic: string;
  partition: number;
  offset: string;
  timestamp: string;
  value: string | null;
  headers: Record<string, string>;
}

/** Messages of the real connector, by partition. */
export function recordedPartitions(file: string): TestPartition[] {
  const partitions = new Map<string, TestPartition>();
  for (const line of readFileSync(join(FIXTURES, file), 'utf8').trim().split('\n')) {
    const { topic, partition, offset, timestamp, value, headers } = JSON.parse(line) as RecordedMessage;
    const key = `${topic}:${partition}`;
    const log = partitions.get(key) ?? { topic, partition, messages: [] };
    partitions.set(key, log);
    log.messages.push({
      offset: Number(offset),
      timestampMs: Number(timestamp),
      value: value === null ? null : Buffer.from(value),
      headers,
    });
  }
  return [...partitions.values()];
}

/** The schema history Postgres wrote while they were recorded. */
export function recordedHistory(): HistoryRow[] {
  const lines = readFileSync(join(FIXTURES, 'ddl-history.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    return parseHistoryRow({ command: null, ...row });
  });
}
