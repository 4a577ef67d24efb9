import { describe, expect, test } from 'vitest';
import type { PreparedBatch } from './captured/types.ts';
import type { FlushLimits } from './flush-policy.ts';
import { WaitingRows } from './waiting-rows.ts';

const LIMITS: FlushLimits = { rows: 100, bytes: 1_000, lingerMs: 100, busyMs: 250, sparseMs: 700, busyRows: 20 };

function prepared(topic: string, to: number, rows = 1, columns = ['a', 'b']): PreparedBatch {
  const body = [Buffer.alloc(rows * 10)];
  return {
    inserts: [{ table: `raw.${topic}`, columns, format: 'RowBinary', rows, body }],
    deadLetters: [],
    progress: { topic, partition: to % 2, nextOffset: to, maxVersion: BigInt(to) },
  };
}

const usual = () => ({ slowdown: 1, isBehind: false });

describe('WaitingRows', () => {
  test('rows of all partitions go in one insert per table and set of columns, with the last progress of each', () => {
    const waiting = new WaitingRows(LIMITS, usual);
    for (const to of [2, 3, 4]) waiting.open('t', 0).add(prepared('t', to), 2, { oldestMs: 1, newestMs: 2 });
    waiting.open('t', 0).add(prepared('t', 5, 7, ['a', 'b', 'c']), 7, null);
    const [batch, ...others] = waiting.take(1_000, false);
    expect(others).toEqual([]);
    expect([...(batch?.inserts.values() ?? [])].map(({ rows, columns }) => [rows, columns.length])).toEqual([
      [3, 2],
      [7, 3],
    ]);
    expect([...(batch?.progress.values() ?? [])].map(({ partition, nextOffset }) => [partition, nextOffset])).toEqual([
      [0, 4],
      [1, 5],
    ]);
    expect(batch).toMatchObject({ messages: 13, rows: 10, bytes: 100 });
    expect(waiting.isEmpty).toBe(true);
  });

  test('each topic is due by itself', () => {
    const waiting = new WaitingRows(LIMITS, usual);
    waiting.open('first', 0).add(prepared('first', 1), 1, null);
    expect(waiting.nextDueMs()).toBe(100);
    expect(waiting.take(99, false)).toEqual([]);
    expect(waiting.take(100, false).map(({ topic }) => topic)).toEqual(['first']);
    waiting.open('first', 110).add(prepared('first', 2), 1, null);
    waiting.open('second', 120).add(prepared('second', 1), 1, null);
    expect(waiting.take(220, false).map(({ topic }) => topic)).toEqual(['second']);
    expect(waiting.nextDueMs()).toBe(800);
  });

  test('many topics with little each are due when the memory is full', () => {
    const waiting = new WaitingRows(LIMITS, usual);
    for (let topic = 0; topic < 10; topic += 1) waiting.open(`t${topic}`, 0).add(prepared(`t${topic}`, 1, 10), 1, null);
    expect(waiting.take(1, false)).toHaveLength(10);
  });

  test('everything at once, and forgetting a topic', () => {
    const waiting = new WaitingRows(LIMITS, usual);
    waiting.open('first', 0).add(prepared('first', 1), 1, null);
    waiting.open('second', 0).add(prepared('second', 1), 1, null);
    waiting.drop('first');
    expect(waiting.take(0, true).map(({ topic }) => topic)).toEqual(['second']);
    expect(waiting.nextDueMs()).toBe(Infinity);
  });
});
