import { sleep } from '@ebb/core';
import { eventually, testPostgres, type TestPostgres } from '@ebb/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whileAlone } from './while-alone.ts';

let database: TestPostgres;
let stop: AbortController;
let ended: Promise<void>[];

beforeEach(async () => {
  database = await testPostgres();
  stop = new AbortController();
  ended = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(ended);
});

function start(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const options = { url: database.url, lock: 77, applicationName: 'alone', signal: stop.signal, retryMs: 10 };
  const done = whileAlone(options, work);
  ended.push(done.catch(() => {}));
  return done;
}

const aborted = (signal: AbortSignal): Promise<void> => sleep(60_000, signal);

test('one works, the next when it has ended', async () => {
  const turns: string[] = [];
  let release: () => void = () => {};
  const first = start(async () => {
    turns.push('first');
    await new Promise<void>((resolve) => (release = resolve));
  });
  await eventually(() => expect(turns).toEqual(['first']));
  const second = start(async () => {
    turns.push('second');
    await Promise.resolve();
  });
  await sleep(100);
  expect(turns).toEqual(['first']);
  release();
  await Promise.all([first, second]);
  expect(turns).toEqual(['first', 'second']);
});

test('whoever loses its connection is told, the next has its turn at once, and it waits again', async () => {
  let lost = 0;
  let turns = 0;
  void start(async (signal) => {
    turns += 1;
    await aborted(signal);
    lost += 1;
  }).catch(() => {});
  await eventually(() => expect(turns).toBe(1));
  await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'alone'`);
  await eventually(() => expect([lost, turns]).toEqual([1, 2]));
});

test('what the work throws ends it, and gives the turn away', async () => {
  await expect(start(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  let hasTurn = false;
  await start(async () => {
    hasTurn = true;
    await Promise.resolve();
  });
  expect(hasTurn).toBe(true);
});

test('the signal ends both the waiting and the work', async () => {
  let hasWorked = false;
  const working = start(async (signal) => {
    hasWorked = true;
    await aborted(signal);
  });
  await eventually(() => expect(hasWorked).toBe(true));
  const waiting = start(() => Promise.reject(new Error('had a turn')));
  await sleep(50);
  stop.abort();
  await expect(Promise.all([working, waiting])).resolves.toEqual([undefined, undefined]);
});
