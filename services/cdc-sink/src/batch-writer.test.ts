import { ClickhouseError } from '@ebb/clickhouse';
import { describe, expect, test } from 'vitest';
import { BatchWriter } from './batch-writer.ts';
import type { DeadLetter } from '@ebb/contracts';
import { quietLogger, quietMetrics } from './testing/quiet.ts';
import { TopicBatch } from './waiting-rows.ts';

const lost = new ClickhouseError('UNREACHABLE', 'connection lost', { retryable: true });
const noColumn = new ClickhouseError('REFUSED', 'no such column', { exceptionCode: 16 });
const LETTER = { id: 'letter' } as DeadLetter;

function batch(topic: string, tables = [topic], deadLetters: DeadLetter[] = []): TopicBatch {
  const made = new TopicBatch(topic, 0);
  const inserts = tables.map((table) => ({ table, columns: ['a'], format: 'RowBinary' as const, rows: 1, body: [] }));
  made.add({ inserts, deadLetters, progress: { topic, partition: 0, nextOffset: 5, maxVersion: 0n } }, 5, null);
  return made;
}

/** A writer whose inserts fail as told, and what it did, in order. */
function writerWith(failures: Record<string, ClickhouseError[]> = {}) {
  const steps: string[] = [];
  const writer = new BatchWriter({
    clickhouse: {
      insert: (table) => {
        const failure = failures[table]?.shift();
        steps.push(failure === undefined ? table : `${table} failed`);
        return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      },
    },
    saveProgress: (positions) => {
      steps.push(`progress of ${positions.map(({ topic }) => topic).join()}`);
      return Promise.resolve();
    },
    sendDeadLetters: (letters) => {
      steps.push(`${letters.length} dead`);
      return Promise.resolve();
    },
    logger: quietLogger,
    metrics: quietMetrics(),
  });
  return { writer, steps };
}

const never = new AbortController().signal;

describe('BatchWriter', () => {
  test('dead letters come first, progress last, after every insert', async () => {
    const { writer, steps } = writerWith();
    const { stored, refused } = await writer.write([batch('t', ['t', 't_log'], [LETTER])], never);
    expect(steps).toEqual(['1 dead', 't', 't_log', 'progress of t']);
    expect([stored.length, refused.length]).toEqual([1, 0]);
  });

  test('only what was not acknowledged is sent again, until it is', async () => {
    const { writer, steps } = writerWith({ second: [lost, lost, lost] });
    await writer.write([batch('t', ['first', 'second'])], never);
    expect(steps).toEqual(['first', 'second failed', 'second failed', 'second failed', 'second', 'progress of t']);
    expect(writer.trouble).toBeNull();
  });

  test('rows that ClickHouse will not take keep their topic back, and no other', async () => {
    const { writer, steps } = writerWith({ bad: Array.from({ length: 9 }, () => noColumn) });
    const { stored, refused } = await writer.write([batch('bad', ['bad', 'bad_log']), batch('good')], never);
    expect(stored.map(({ topic }) => topic)).toEqual(['good']);
    expect(refused.map(({ batch, reason }) => [batch.topic, reason])).toEqual([['bad', 'bad: no such column']]);
    expect(steps.at(-1)).toBe('progress of good');
  });

  test('a refusal that passes is none', async () => {
    const { writer } = writerWith({ t: [noColumn, lost, noColumn] });
    expect((await writer.write([batch('t')], never)).refused).toEqual([]);
  });

  test('a stop ends the trying, with nothing written down', async () => {
    const { writer, steps } = writerWith({ t: Array.from({ length: 99 }, () => lost) });
    const stop = new AbortController();
    const writing = writer.write([batch('t')], stop.signal);
    setTimeout(() => stop.abort(), 20);
    await expect(writing).rejects.toMatchObject({ code: 'STOPPED' });
    expect(steps.some((step) => step.startsWith('progress'))).toBe(false);
    expect(writer.trouble).toContain('connection lost');
  });
});
