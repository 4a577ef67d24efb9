import { Readable } from 'node:stream';
import { testClickhouse } from '@ebb/testing';
import { expect, test } from 'vitest';
import type { Clickhouse } from './clickhouse.ts';
import { readColumns } from './read-columns.ts';

const { clickhouse } = await testClickhouse();

test('a result is read by column, over many chunks; NULL is NaN or null, never 0 or empty', async () => {
  const { rows, numbers, texts } = await readColumns(
    clickhouse,
    `SELECT toString(number) AS id, toFloat64(number * {factor: Float64}) AS value,
       toFloat64(if(number % 1000 = 7, NULL, number)) AS gap, toLowCardinality(if(number = 3, NULL, 'ä')) AS word
     FROM numbers(200000) ORDER BY number`,
    { params: { factor: 0.1 }, chunkRows: 10_000 },
  );
  expect(rows).toBe(200_000);
  expect(texts.get('id')?.[199_999]).toBe('199999');
  expect(numbers.get('value')?.[12_345]).toBeCloseTo(1234.5, 9);
  expect(numbers.get('gap')?.[1006]).toBe(1006);
  expect(numbers.get('gap')?.[1007]).toBeNaN();
  expect(texts.get('word')?.slice(2, 5)).toEqual(['ä', null, 'ä']);
});

test('no rows are no rows, with their columns', async () => {
  const { rows, numbers, texts } = await readColumns(
    clickhouse,
    `SELECT 'a' AS id, toFloat64(1) AS value FROM numbers(0)`,
  );
  expect([rows, numbers.get('value'), texts.get('id')]).toEqual([0, new Float64Array(0), []]);
});

test('another type is refused by name, a wrong statement with the words of the server', async () => {
  await expect(readColumns(clickhouse, 'SELECT toInt64(1) AS many')).rejects.toMatchObject({
    code: 'COLUMN_TYPE',
    message: expect.stringContaining('"many"'),
  });
  await expect(readColumns(clickhouse, 'SELECT toFloat64(1) AS a FROM nowhere')).rejects.toMatchObject({
    code: 'REFUSED',
  });
});

test('an exception half way is an error, never a shorter result', async () => {
  const sql = `SELECT toFloat64(throwIf(number = 900000)) AS value FROM numbers(1000000)`;
  await expect(readColumns(clickhouse, sql, { chunkRows: 1_000 })).rejects.toMatchObject({
    code: expect.stringMatching(/REFUSED|UNREACHABLE/),
  });
});

test.each([1, 8, 100])('a stream that lacks its last %i bytes is an error', async (missing) => {
  const sql = 'SELECT toFloat64(number) AS value FROM numbers(1000)';
  const cut: Pick<Clickhouse, 'queryBytes'> = {
    queryBytes: async (...args) => {
      const bytes = Buffer.concat(await (await clickhouse.queryBytes(...args)).toArray());
      return Readable.from([bytes.subarray(0, 10), bytes.subarray(10, bytes.length - missing)]);
    },
  };
  await expect(readColumns({ ...clickhouse, ...cut }, sql)).rejects.toMatchObject({
    code: 'UNREACHABLE',
  });
});
