import { ClickhouseError } from '@ebb/clickhouse';
import type { ChunkControl, ConsumedMessage, MessageChunk } from '@ebb/kafka';
import { eventually } from '@ebb/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BatchWriter } from './batch-writer.ts';
import type { PartitionProgress, PreparedBatch } from './captured/types.ts';
import { Lane } from './lane.ts';
import type { MessageSlice, RowSource } from './row-source.ts';
import { quietLogger, quietMetrics } from './testing/quiet.ts';

const control: ChunkControl = { heartbeat: () => Promise.resolve(), isStale: () => false };

function message(offset: number): ConsumedMessage {
  return { offset, timestampMs: 1_000 + offset, value: Buffer.from(String(offset)), headers: {} };
}

function chunk(topic: string, from: number, to: number, partition = 0): MessageChunk {
  const messages = Array.from({ length: to - from }, (_, index) => message(from + index));
  return { topic, partition, fromOffset: from, toOffset: to, highWatermark: to, bytes: messages.length, messages };
}

/** Topics of lines: every message becomes a row with its own text, in the table of the topic's name. */
class Lines implements RowSource {
  readonly reasons = new Map<string, string>();
  /** Topics that stop at an offset. */
  readonly stopsAt = new Map<string, number>();
  refreshes = 0;
  failures = 0;

  refresh(): Promise<void> {
    this.refreshes += 1;
    if (this.failures === 0) return Promise.resolve();
    this.failures -= 1;
    return Promise.reject(new Error('Postgres is away'));
  }

  stopReason(topic: string): string | null {
    return this.reasons.get(topic) ?? null;
  }

  prepare({ topic, messages, toOffset }: MessageSlice, progress: PartitionProgress): Promise<PreparedBatch> {
    const end = Math.min(toOffset, this.stopsAt.get(topic) ?? Infinity);
    const body = messages.filter(({ offset }) => offset < end).map(({ value }) => value ?? Buffer.alloc(0));
    const prepared = {
      inserts: [{ table: topic, columns: ['line'], format: 'RowBinary' as const, rows: body.length, body }],
      deadLetters: [],
      progress: { ...progress, nextOffset: end },
    };
    if (end === toOffset) return Promise.resolve(prepared);
    this.reasons.set(topic, 'no such column');
    const stopped = { table: topic, topic, reason: 'no such column', sinceMs: 0 };
    return Promise.resolve({ ...prepared, stopped });
  }
}

/** A lane over a warehouse in memory. */
function start(stored: PartitionProgress[] = []) {
  const source = new Lines();
  const rows = new Map<string, string[]>();
  const progress = new Map(stored.map((row) => [`${row.topic}:${row.partition}`, row]));
  const failures: Record<string, Error[]> = {};
  const seeks: [string, number][] = [];
  const bounds = { low: 0, high: 100 };
  const writer = new BatchWriter({
    clickhouse: {
      insert: (table, { body }) => {
        const failure = failures[table]?.shift();
        if (failure !== undefined) return Promise.reject(failure);
        const lines = (body as Buffer[]).map(String);
        rows.set(table, [...(rows.get(table) ?? []), ...lines]);
        return Promise.resolve();
      },
    },
    saveProgress: (positions) => {
      for (const row of positions) progress.set(`${row.topic}:${row.partition}`, row);
      return Promise.resolve();
    },
    sendDeadLetters: () => Promise.resolve(),
    logger: quietLogger,
    metrics: quietMetrics(),
  });
  const lane = new Lane(
    {
      source,
      writer,
      loadProgress: () => Promise.resolve([...progress.values()]),
      bounds: () => Promise.resolve(bounds),
      seek: ({ topic }, offset) => seeks.push([topic, offset]),
      slowdown: () => 1,
      betweenFlushes: () => Promise.resolve(),
      logger: quietLogger,
      metrics: quietMetrics(),
    },
    {
      name: 'test',
      queueBytes: 1_000,
      waitingBytes: 1_000,
      gatherMs: 0,
      flush: { rows: 100, bytes: 500, lingerMs: 1, busyMs: 1, sparseMs: 1, busyRows: 10 },
    },
  );
  const running = lane.run();
  onTestFinished(async () => {
    lane.stop();
    await running;
  });
  return { lane, source, rows, progress, failures, seeks, bounds };
}

const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `${from + index}`);
const at = (topic: string, nextOffset: number): PartitionProgress => ({
  topic,
  partition: 0,
  nextOffset,
  maxVersion: 0n,
});

describe('Lane', () => {
  test('begins where ClickHouse stands: earlier messages are skipped, missing ones fetched again', async () => {
    const { lane, rows, progress, seeks } = start([at('t', 5)]);
    lane.assign([{ topic: 't', partition: 0 }]);
    await lane.push(chunk('t', 3, 8), control);
    await eventually(() => expect(rows.get('t')).toEqual(lines(5, 8)));
    await lane.push(chunk('t', 10, 12), control);
    expect(seeks).toEqual([['t', 8]]);
    await lane.push(chunk('t', 8, 12), control);
    await eventually(() => expect(progress.get('t:0')?.nextOffset).toBe(12));
    expect(rows.get('t')).toEqual(lines(5, 12));
  });

  test('without a stored position it begins at the log start', async () => {
    const { lane, seeks, bounds } = start();
    bounds.low = 7;
    lane.assign([{ topic: 't', partition: 0 }]);
    await eventually(() => expect(seeks).toEqual([['t', 7]]));
  });

  test.each([
    ['deleted unread', 5, { low: 6, high: 9 }],
    ['another log', 5, { low: 0, high: 4 }],
  ])('%s: the partition stands still, others go on, and it goes on when that is settled', async (_, next, found) => {
    const { lane, rows, bounds, progress } = start([at('bad', next)]);
    Object.assign(bounds, found);
    lane.assign([
      { topic: 'bad', partition: 0 },
      { topic: 'good', partition: 0 },
    ]);
    await lane.push(chunk('good', bounds.low, 9), control);
    await eventually(() => expect(rows.get('good')).toEqual(lines(bounds.low, 9)));
    await lane.push(chunk('bad', 6, 9), control);
    expect(lane.partitions.map(({ queue }) => queue.alarm !== null)).toEqual([true, false]);
    progress.set('bad:0', at('bad', found.low));
    lane.retryStopped();
    await eventually(() => expect(lane.partitions.every(({ queue }) => queue.alarm === null)).toBe(true));
    await lane.push(chunk('bad', found.low, 9), control);
    await eventually(() => expect(rows.get('bad')).toEqual(lines(found.low, 9)));
  });

  test('a table that stops keeps its messages; rows from before are stored, and it goes on later', async () => {
    const { lane, source, rows, progress } = start();
    source.stopsAt.set('t', 3);
    lane.assign([{ topic: 't', partition: 0 }]);
    await lane.push(chunk('t', 0, 6), control);
    await eventually(() => expect(lane.partitions[0]?.queue.alarm).toBe('no such column'));
    expect(rows.get('t')).toEqual(lines(0, 3));
    expect(progress.get('t:0')?.nextOffset).toBe(3);
    lane.retryStopped();
    await eventually(() => expect(lane.partitions[0]?.queue.alarm).toBe('no such column'));
    source.stopsAt.clear();
    source.reasons.clear();
    lane.retryStopped();
    await eventually(() => expect(lane.partitions[0]?.queue.next).toBe(3));
    await lane.push(chunk('t', 3, 6), control);
    await eventually(() => expect(rows.get('t')).toEqual(lines(0, 6)));
  });

  test('rows that ClickHouse refuses are read again when it takes them', async () => {
    const { lane, rows, failures } = start();
    const refusal = new ClickhouseError('REFUSED', 'no such column', { exceptionCode: 16 });
    failures['t'] = Array.from({ length: 4 }, () => refusal);
    lane.assign([{ topic: 't', partition: 0 }]);
    await lane.push(chunk('t', 0, 4), control);
    await eventually(() => expect(lane.partitions[0]?.queue.alarm).toMatch(/refuses its rows: t: no such column/));
    lane.retryStopped();
    await eventually(() => expect(lane.partitions[0]?.queue.next).toBe(0));
    await lane.push(chunk('t', 0, 4), control);
    await eventually(() => expect(rows.get('t')).toEqual(lines(0, 4)));
  });

  test('what decoding depends on is away: nothing is guessed, and it says so', async () => {
    const { lane, source, rows } = start();
    source.failures = 3;
    lane.assign([{ topic: 't', partition: 0 }]);
    await lane.push(chunk('t', 0, 4), control);
    await eventually(() => expect(lane.trouble).toBe('Postgres is away'));
    await eventually(() => expect(rows.get('t')).toEqual(lines(0, 4)));
    expect(lane.trouble).toBeNull();
  });

  test('assigned anew, it goes on behind what it has stored itself', async () => {
    const { lane, rows } = start();
    lane.assign([{ topic: 't', partition: 0 }]);
    await lane.push(chunk('t', 0, 50), control);
    lane.assign([{ topic: 't', partition: 0 }]);
    await lane.push(chunk('t', 0, 60), control);
    await eventually(() => expect(rows.get('t')).toHaveLength(60));
    expect(rows.get('t')).toEqual(lines(0, 60));
  });

  test('a member that must leave does not wait for room', async () => {
    const { lane, source } = start();
    source.failures = Infinity;
    lane.assign([{ topic: 't', partition: 0 }]);
    const big = { ...chunk('t', 0, 4), bytes: 2_000 };
    await lane.push(big, control);
    let beats = 0;
    const heartbeat = () => Promise.resolve(void (beats += 1));
    await lane.push(chunk('t', 4, 8), { heartbeat, isStale: () => beats > 1 });
    expect(beats).toBe(2);
  });
});
