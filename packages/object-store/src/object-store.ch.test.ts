import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { isEbbError } from '@ebb/core';
import { anyFreePort } from '@ebb/local-stack';
import { startTcpProxy, testClickhouse, testObjectStore, type TestObjectStore, uniqueName } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { createObjectStore, type ObjectStore, type StoredObject } from './index.ts';

let server: TestObjectStore;
let store: ObjectStore;
beforeAll(async () => {
  server = await testObjectStore();
  store = server.store;
}, 180_000);

const withCode = (code: string) => expect.toSatisfy((error) => isEbbError(error, code));
const folder = (): string => uniqueName('folder');

async function listed(prefix: string): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of store.list(prefix)) found.push(object);
  return found;
}

describe('what is stored', () => {
  test('comes back byte for byte, with its size, time and MD5', async () => {
    const key = `${folder()}/a.csv`;
    const content = Buffer.from('Zeile äöü\0\r\n'.repeat(1_000));
    const before = Date.now();
    const etag = await store.put(key, content);
    expect(etag).toBe(createHash('md5').update(content).digest('hex'));
    expect(await buffer(await store.get(key))).toEqual(content);
    const stat = await store.stat(key);
    expect(stat).toMatchObject({ key, size: content.length, etag });
    expect(Math.abs((stat?.lastModified.getTime() ?? 0) - before)).toBeLessThan(60_000);
    expect(await listed(key)).toEqual([stat]);
  });

  test('as a stream of several parts comes back whole', async () => {
    const key = `${folder()}/big`;
    const parts = Array.from({ length: 33 }, (_, index) => Buffer.alloc(1024 ** 2, index));
    const etag = await store.put(key, Readable.from(parts));
    expect(etag).toMatch(/-3$/);
    const sha = createHash('sha256');
    for await (const chunk of await store.get(key)) sha.update(chunk as Buffer);
    expect(sha.digest('hex')).toBe(createHash('sha256').update(Buffer.concat(parts)).digest('hex'));
  });

  test('is replaced as a whole: a reader sees one content or the other', async () => {
    const key = `${folder()}/replaced`;
    const contents = ['x', 'y'].map((letter) => Buffer.from(letter.repeat(3_000_000)));
    await store.put(key, contents[0] ?? Buffer.alloc(0));
    const writes = { done: false };
    const writing = (async () => {
      for (let round = 0; round < 10; round += 1) await store.put(key, contents[round % 2] ?? Buffer.alloc(0));
      writes.done = true;
    })();
    let reads = 0;
    while (!writes.done) {
      const seen = await text(await store.get(key));
      expect([seen.length, new Set(seen).size]).toEqual([3_000_000, 1]);
      reads += 1;
    }
    await writing;
    expect(reads).toBeGreaterThan(0);
  });

  test('survives a killed server', async () => {
    const key = `${folder()}/kept`;
    await store.put(key, Buffer.from('kept'));
    await server.kill();
    await expect(store.stat(key)).rejects.toThrow(withCode('UNREACHABLE'));
    await server.start();
    expect(await text(await store.get(key))).toBe('kept');
  });

  test('is gone once removed; removing it again is well', async () => {
    const key = `${folder()}/a`;
    await store.put(key, Buffer.from('a'));
    await store.remove(key);
    await store.remove(key);
    expect(await store.stat(key)).toBeNull();
    await expect(store.get(key)).rejects.toThrow(withCode('NO_SUCH_KEY'));
  });
});

describe('half an upload', () => {
  test.each([
    ['a stream that is shorter than announced', () => Readable.from([Buffer.from('hello')]), 'INCOMPLETE'],
    ['a stream that is longer', () => Readable.from([Buffer.from('hello, hello')]), 'INCOMPLETE'],
    ['a stream that breaks', () => Readable.from(broken(1)), 'INCOMPLETE'],
    ['a long stream that breaks after its first part', () => Readable.from(broken(20)), 'INCOMPLETE'],
  ])('%s leaves nothing', async (_name, body, code) => {
    const key = `${folder()}/half`;
    await expect(store.put(key, body(), { size: 11 })).rejects.toThrow(withCode(code));
    expect(await store.stat(key)).toBeNull();
    expect(await listed(key)).toEqual([]);
  });

  test('a connection that breaks in the middle of reading is an error, not a shorter file', async () => {
    const key = `${folder()}/big`;
    await store.put(key, Buffer.alloc(20 * 1024 ** 2, 1));
    const port = Number(new URL(server.url).port);
    const proxy = await startTcpProxy({ host: '127.0.0.1', port });
    const through = createObjectStore({ ...server, url: `http://127.0.0.1:${proxy.port}` });
    const content = await through.get(key);
    const reading = (async () => {
      for await (const _ of content) await proxy.cut();
    })();
    await expect(reading).rejects.toThrow(withCode('UNREACHABLE'));
  });
});

describe('listing', () => {
  test('goes in the order of the keys over many pages', async () => {
    const prefix = folder();
    const keys = Array.from({ length: 1_003 }, (_, index) => `${prefix}/${String(index).padStart(5, '0')}.csv`);
    const queue = [...keys];
    const worker = async (): Promise<void> => {
      for (let key = queue.pop(); key !== undefined; key = queue.pop()) await store.put(key, Buffer.from('x'));
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    expect((await listed(`${prefix}/`)).map(({ key }) => key)).toEqual(keys);
    expect(await listed(`${prefix}/0100`)).toHaveLength(3);
  });

  test('of an unknown prefix is empty; of an unknown bucket an error', async () => {
    expect(await listed('nothing/here/')).toEqual([]);
    const other = createObjectStore({ ...server, bucket: 'another' });
    const first = async () => {
      for await (const object of other.list()) return object;
      return null;
    };
    await expect(first()).rejects.toThrow(withCode('NO_SUCH_BUCKET'));
  });
});

describe('refused', () => {
  test.each(['a b', 'ä', '', '/a', 'a//b', 'a/../b', 'a/', 'a?b', 'x'.repeat(901)])('the key %j', async (key) => {
    await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(withCode('BAD_KEY'));
  });

  test.each([
    ['another secret', () => ({ secretKey: 'wrong-secret' })],
    ['another name', () => ({ accessKey: 'nobody' })],
  ])('%s', async (_name, wrong) => {
    const stranger = createObjectStore({ ...server, ...wrong() });
    await expect(stranger.put('a', Buffer.from('a'))).rejects.toThrow(withCode('ACCESS_DENIED'));
    await expect(stranger.ensureBucket()).rejects.toThrow(withCode('ACCESS_DENIED'));
  });

  test('a request without a login', async () => {
    expect((await fetch(`${server.url}/${server.bucket}`)).status).toBe(403);
  });

  test('an address with a login or a path in it', () => {
    for (const url of ['http://user:secret@127.0.0.1:9000', 'http://127.0.0.1:9000/bucket', 'ftp://x', '']) {
      expect(() => createObjectStore({ ...server, url }), url).toThrow(withCode('BAD_URL'));
    }
  });

  test('a server that is not there', async () => {
    const nobody = createObjectStore({ ...server, url: `http://127.0.0.1:${await anyFreePort()}` });
    await expect(nobody.stat('a')).rejects.toThrow(withCode('UNREACHABLE'));
  });
});

test('a bucket is made once', async () => {
  const bucket = uniqueName('bucket').replaceAll('_', '-').toLowerCase();
  const other = createObjectStore({ ...server, bucket });
  expect([await other.ensureBucket(), await other.ensureBucket()]).toEqual([true, false]);
  await other.put('a', Buffer.from('a'));
  expect(await store.stat('a')).toBeNull();
});

test('ClickHouse reads the files where they are and writes beside them', async () => {
  const { clickhouse } = await testClickhouse();
  const prefix = folder();
  await store.put(`${prefix}/2025-06-26/a.csv`, Buffer.from('id,amount\n1,2.50\n2,3.25\n'));
  await store.put(`${prefix}/2025-06-27/b.csv`, Buffer.from('id,amount\n3,1.25\n'));
  const s3 = (path: string, format: string): string => {
    const words = [`${server.url}/${server.bucket}/${prefix}/${path}`, server.accessKey, server.secretKey, format];
    return `s3(${words.map((word) => `'${word}'`).join(', ')})`;
  };
  const rows = await clickhouse.query(
    `SELECT count() AS files, sum(toDecimal64(amount, 2)) AS total FROM ${s3('*/*.csv', 'CSVWithNames')}`,
  );
  expect(rows).toEqual([{ files: '3', total: '7' }]);
  await clickhouse.command(
    `INSERT INTO FUNCTION ${s3('out.parquet', 'Parquet')} SELECT number AS n FROM numbers(100000)`,
  );
  const back = await clickhouse.query(`SELECT sum(n) AS total FROM ${s3('out.parquet', 'Parquet')}`);
  expect(back).toEqual([{ total: '4999950000' }]);
});

async function* broken(megabytes: number): AsyncGenerator<Buffer> {
  for (let count = 0; count < megabytes; count += 1) yield Buffer.alloc(1024 ** 2);
  await Promise.resolve();
  throw new Error('the disk is gone');
}
