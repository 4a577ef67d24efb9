import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { clickhouseTarget, type ClickhouseTarget, eventually } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import type { Clickhouse } from './clickhouse.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';
import { rawRequest } from './testing/raw-request.ts';

let target: ClickhouseTarget;
let clickhouse: Clickhouse;

beforeAll(async () => {
  target = await clickhouseTarget();
  ({ clickhouse } = target);
});

const COLUMNS = ['id', 'version', 'deleted', 'name'];

async function replacingTable(name: string): Promise<string> {
  const table = `${target.database}.${name}`;
  await clickhouse.command(`CREATE TABLE ${table} (id Int64, version UInt128, deleted UInt8, name String)
    ENGINE = ReplacingMergeTree(version, deleted) ORDER BY id`);
  return table;
}

/** Ids from `from` on, all of one version. */
function rows(from: number, count: number, version: bigint, deleted = 0): Buffer {
  const writer = new RowBinaryWriter();
  for (let id = from; id < from + count; id += 1) {
    writer.int64(id);
    writer.uint128(version);
    writer.uint8(deleted);
    writer.string(`name ${id} of ${version}`);
  }
  return writer.take();
}

test('100,000 rows in one insert, as a buffer, in pieces and as a stream', async () => {
  const table = await replacingTable('bulk');
  const body = rows(0, 100_000, 1n);
  await clickhouse.insert(table, { columns: COLUMNS, format: 'RowBinary', body });
  const pieces = [rows(100_000, 30_000, 1n), rows(130_000, 1, 1n), rows(130_001, 69_999, 1n)];
  await clickhouse.insert(table, { columns: COLUMNS, format: 'RowBinary', body: pieces });
  const lines = Array.from(
    { length: 1_000 },
    (_, index) => `{"id":${200_000 + index},"version":"1","deleted":0,"name":"x"}\n`,
  );
  const stream = Readable.from(lines.map((line) => Buffer.from(line)));
  await clickhouse.insert(table, { columns: COLUMNS, format: 'JSONEachRow', body: stream });
  const [counts] = await clickhouse.query(`SELECT count() AS rows, uniqExact(id) AS ids, sum(id) AS sum FROM ${table}`);
  expect(counts).toEqual({ rows: '201000', ids: '201000', sum: String((200_999 * 201_000) / 2) });
});

test('FINAL shows the latest version of a row, and none of a deleted one', async () => {
  const table = await replacingTable('final');
  const insert = (body: Buffer): Promise<void> =>
    clickhouse.insert(table, { columns: COLUMNS, format: 'RowBinary', body });
  await insert(rows(0, 1_000, 2n ** 112n));
  // Older versions that arrive later lose.
  await insert(rows(0, 1_000, 5n));
  await insert(rows(0, 500, 2n ** 112n + 1n));
  await insert(rows(900, 100, 2n ** 112n + 2n, 1));
  const counted = `SELECT count() AS rows, countIf(version = toUInt128('${2n ** 112n + 1n}')) AS newer, max(id) AS last FROM ${table} FINAL`;
  expect(await clickhouse.query(counted)).toEqual([{ rows: '900', newer: '500', last: '899' }]);
  await clickhouse.command(`OPTIMIZE TABLE ${table} FINAL`);
  expect(await clickhouse.query(counted)).toEqual([{ rows: '900', newer: '500', last: '899' }]);
});

test('a result larger than memory should hold arrives piece by piece, and may be left', async () => {
  const sql = `SELECT number, repeat('x', 100) AS text FROM numbers(600000)`;
  let seen = 0;
  for await (const block of clickhouse.queryStream<{ number: string }>(sql)) seen += block.length;
  expect(seen).toBe(600_000);
  const endless = clickhouse.queryStream<{ number: string }>('SELECT number FROM numbers(100000000000)');
  for await (const block of endless) {
    expect(block[0]?.number).toBe('0');
    break;
  }
  await eventually(async () => {
    const running = await clickhouse.query(
      `SELECT 1 FROM system.processes WHERE query LIKE '%numbers(1000000%' AND query NOT LIKE '%processes%'`,
    );
    return running.length === 0;
  });
});

const SLOW = 'SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(number)';
const slowQueries = `SELECT count() AS running FROM system.processes WHERE query LIKE '%1000000000000%' AND query NOT LIKE '%processes%'`;

async function expectRunning(count: number): Promise<void> {
  await eventually(async () => expect(await clickhouse.query(slowQueries)).toEqual([{ running: String(count) }]));
}

test('a query ends when its client hangs up, when it is killed, and when its time is over', async () => {
  const abort = new AbortController();
  const settings = { cancel_http_readonly_queries_on_client_close: 1 };
  const abandoned = clickhouse.query(SLOW, {}, { signal: abort.signal, settings });
  await expectRunning(1);
  abort.abort();
  await expect(abandoned).rejects.toMatchObject({ code: 'CANCELLED', retryable: false });
  await expectRunning(0);

  const queryId = randomUUID();
  const killed = clickhouse.query(SLOW, {}, { queryId }).catch((reason: unknown) => reason);
  await expectRunning(1);
  await clickhouse.command('KILL QUERY WHERE query_id = {id:String} ASYNC', { id: queryId });
  expect(await killed).toMatchObject({ code: 'REFUSED', exceptionCode: 394 });
  await expectRunning(0);

  const late = clickhouse.query(SLOW, {}, { settings: { max_execution_time: 0.5 } });
  await expect(late).rejects.toMatchObject({ exceptionCode: 159, retryable: true });
});

test('two queries of one name do not run at once', async () => {
  const queryId = randomUUID();
  const first = clickhouse.query('SELECT sleep(3)', {}, { queryId });
  await eventually(
    () => expect(clickhouse.query('SELECT 1', {}, { queryId })).rejects.toMatchObject({ exceptionCode: 216 }),
    { timeoutMs: 2_900, intervalMs: 5 },
  );
  await first;
});

test('writers and readers side by side: every insert counts once, and FINAL is right at every moment', async () => {
  const table = await replacingTable('mixed');
  const written = new AbortController();
  const write = async (writer: number): Promise<void> => {
    for (let batch = 1; batch <= 10; batch += 1) {
      const body = rows(writer * 1_000, 1_000, BigInt(batch));
      await clickhouse.insert(table, { columns: COLUMNS, format: 'RowBinary', body });
    }
  };
  const read = async (): Promise<number> => {
    let reads = 0;
    while (!written.signal.aborted) {
      const [row] = await clickhouse.query<{ total: string; wrong: string }>(
        `SELECT count() AS total, countIf(name != concat('name ', toString(id), ' of ', toString(version))) AS wrong FROM ${table} FINAL`,
      );
      expect(Number(row?.total) % 1_000).toBe(0);
      expect(row?.wrong).toBe('0');
      reads += 1;
    }
    return reads;
  };
  const readers = [read(), read(), read()];
  await Promise.all([0, 1, 2, 3].map(write)).finally(() => written.abort());
  expect(Math.min(...(await Promise.all(readers)))).toBeGreaterThan(0);
  const counted = `SELECT count() AS rows, min(version) AS oldest FROM ${table} FINAL`;
  expect(await clickhouse.query(counted)).toEqual([{ rows: '4000', oldest: '10' }]);
});

test('an insert whose client dies half way leaves no part of it, and the next one works', async () => {
  const table = await replacingTable('half');
  const abort = new AbortController();
  const body = Readable.from(
    (async function* pieces() {
      yield rows(0, 50_000, 1n);
      await new Promise((resolve) => abort.signal.addEventListener('abort', resolve));
      yield rows(50_000, 10, 1n);
    })(),
  );
  const insert = clickhouse.insert(table, { columns: COLUMNS, format: 'RowBinary', body, signal: abort.signal });
  setTimeout(() => abort.abort(), 300);
  await expect(insert).rejects.toMatchObject({ code: 'CANCELLED' });
  await clickhouse.insert(table, { columns: COLUMNS, format: 'RowBinary', body: rows(0, 7, 1n) });
  expect(await clickhouse.query(`SELECT count() AS rows FROM ${table}`)).toEqual([{ rows: '7' }]);
});

test('many requests at once all get their answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const { text } = await rawRequest(target.url, {
        body: `SELECT ${index}, sleepEachRow(0.02) FROM numbers(3) LIMIT 1`,
      });
      return Number(text.split('\t')[0]);
    }),
  );
  expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => index));
});
