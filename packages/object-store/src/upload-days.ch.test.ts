import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { isEbbError } from '@ebb/core';
import { testObjectStore, type TestObjectStore, uniqueName } from '@ebb/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contentEtag, createObjectStore, type FileOutcome, uploadDays } from './index.ts';

let server: TestObjectStore;
let root: string;
let directory: string;
let prefix: string;

beforeAll(async () => {
  server = await testObjectStore();
  root = await mkdtemp(join(tmpdir(), 'ebb-upload-'));
}, 180_000);
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  directory = await mkdtemp(join(root, 'days-'));
  prefix = uniqueName('daily');
});

const write = (name: string, content = name): Promise<void> => writeFile(join(directory, name), content);

async function run(until?: string) {
  const outcomes: FileOutcome[] = [];
  const upTo = until === undefined ? {} : { until };
  const result = await uploadDays({
    directory,
    store: server.store,
    prefix,
    ...upTo,
    onFile: (one) => outcomes.push(one),
  });
  return { result, states: outcomes.map(({ day, state }) => `${day} ${state}`) };
}

test('each day goes to its own key, once', async () => {
  await write('2025-06-26_transactions.csv', 'a');
  await write('2025-06-27_transactions.csv', 'b');
  const first = await run();
  expect(first.states).toEqual(['2025-06-26 uploaded', '2025-06-27 uploaded']);
  expect(first.result).toMatchObject({ days: 2, uploaded: 2, failed: 0, lastDay: '2025-06-27', hasUntil: true });
  const key = `${prefix}/2025-06-26/2025-06-26_transactions.csv`;
  expect(await text(await server.store.get(key))).toBe('a');
  expect((await run()).states).toEqual(['2025-06-26 unchanged', '2025-06-27 unchanged']);
});

test('a missed day is caught up by the next run, and a day that changed is sent again', async () => {
  await write('2025-06-26_transactions.csv');
  await write('2025-06-28_transactions.csv');
  await run('2025-06-26');
  await write('2025-06-27_transactions.csv');
  await write('2025-06-26_transactions.csv', 'corrected');
  const { result, states } = await run('2025-06-28');
  expect(states).toEqual(['2025-06-26 replaced', '2025-06-27 uploaded', '2025-06-28 uploaded']);
  expect(result).toMatchObject({ uploaded: 2, replaced: 1, unchanged: 0 });
});

test('a day without a file is told, after the days before it were sent', async () => {
  await write('2025-06-26_transactions.csv');
  await write('2025-06-28_transactions.csv');
  const { result, states } = await run('2025-06-27');
  expect(states).toEqual(['2025-06-26 uploaded']);
  expect(result).toMatchObject({ days: 1, hasUntil: false });
});

test('only daily files are sent, and none that is still being written', async () => {
  for (const name of ['README.md', '2025-06-26_transactions.csv.part', '2025-06-26.csv', '.2025-06-26_x', '2025_x']) {
    await write(name);
  }
  const { result } = await run();
  expect(result).toMatchObject({ days: 0, uploaded: 0, lastDay: null });
});

test('one file that fails does not keep the others back', async () => {
  await write('2025-06-26_transactions.csv');
  await write('2025-06-27_transactions.csv');
  const { store } = server;
  const outcomes: FileOutcome[] = [];
  const refusesOne = {
    ...faithful(),
    put: (key: string, ...rest: [Readable]) =>
      key.includes('26') ? Promise.reject(new Error('refused')) : store.put(key, ...rest),
  };
  const result = await uploadDays({ directory, store: refusesOne, prefix, onFile: (one) => outcomes.push(one) });
  expect(result).toMatchObject({ uploaded: 1, failed: 1 });
  expect(outcomes[0]).toMatchObject({ state: 'failed', day: '2025-06-26', problem: 'refused' });
  expect((await run()).states).toEqual(['2025-06-26 uploaded', '2025-06-27 unchanged']);

  function faithful() {
    return {
      bucket: store.bucket,
      list: (begin?: string) => store.list(begin),
      get: (key: string) => store.get(key),
      stat: (key: string) => store.stat(key),
      remove: (key: string) => store.remove(key),
      ensureBucket: () => store.ensureBucket(),
    };
  }
});

describe('raised', () => {
  const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));

  test('no folder, no day, no login', async () => {
    await expect(uploadDays({ directory: join(root, 'nothing'), store: server.store })).rejects.toThrow(
      withCode('NO_FOLDER'),
    );
    await expect(run('27.6.2025')).rejects.toThrow(withCode('BAD_DAY'));
    await write('2025-06-26_transactions.csv');
    const store = createObjectStore({ ...server, secretKey: 'wrong' });
    await expect(uploadDays({ directory, store })).rejects.toThrow(withCode('ACCESS_DENIED'));
  });
});

test.each([0, 5, 16 * 1024 ** 2, 17 * 1024 ** 2])(
  'content of %d bytes has the ETag the server gives it',
  async (size) => {
    const path = join(directory, 'content');
    await writeFile(path, Buffer.alloc(size, 'abc'));
    const stored = await server.store.put(`${prefix}/content`, createReadStream(path), { size });
    expect(await contentEtag(createReadStream(path))).toBe(stored);
    expect((await server.store.stat(`${prefix}/content`))?.etag).toBe(stored);
  },
);
