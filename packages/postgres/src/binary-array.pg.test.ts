import { testPostgres } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import { BinaryArrayWriter, OID } from './binary-array.ts';
import { BinaryColumns } from './binary-columns.ts';

describe('binary arrays', () => {
  test('Postgres reads every type as it was written', async () => {
    const { pool } = await testPostgres();
    const columns = new BinaryColumns();
    const rows = [
      { text: 'plain', number: 1, timeMs: 0 },
      { text: 'ü€😀 longer than the short loop takes', number: -1, timeMs: -1 },
      { text: null, number: 2 ** 31 - 1, timeMs: null },
      { text: 'short ü', number: -(2 ** 31), timeMs: Date.UTC(2026, 10, 21, 12, 30, 15, 678) },
      { text: '', number: 0, timeMs: Date.UTC(2199, 11, 31) },
    ];
    const result = await pool.query(
      `SELECT * FROM unnest($1::text[], $2::int4[], $3::int8[], $4::timestamptz[], $5::date[], $6::bool[], $7::int2[])
         r (text, int4, int8, time, day, bool, int2)`,
      [
        columns.texts(rows, (row) => row.text),
        columns.int4s(rows, (row) => row.number),
        columns.int8s(rows, (row) => row.number * 2 ** 21),
        columns.timestamps(rows, (row) => row.timeMs),
        columns.dates(rows, (row) => (row.number > 0 ? 20_778 : -1)),
        columns.bools(rows, (row) => row.number > 0),
        columns.int2s(rows, (row) => row.number % 1_000),
      ],
    );
    expect(result.rows).toEqual(
      rows.map((row) => ({
        text: row.text,
        int4: row.number,
        int8: String(row.number * 2 ** 21),
        time: row.timeMs === null ? null : new Date(row.timeMs),
        day: row.number > 0 ? '2026-11-21' : '1969-12-31',
        bool: row.number > 0,
        int2: row.number % 1_000,
      })),
    );
  });

  test('empty arrays, and columns that outgrow the buffer while others are kept', async () => {
    const { pool } = await testPostgres();
    const writer = new BinaryArrayWriter(64);
    const columns = new BinaryColumns(writer);
    const none = columns.texts([], () => null);
    const numbers = Array.from({ length: 5_000 }, (_, index) => index);
    const first = columns.int4s(numbers, (number) => number);
    const second = columns.texts(numbers, (number) => `text ${number}`);
    const { rows } = await pool.query(
      `SELECT cardinality($1::text[]) AS none, (SELECT sum(n) FROM unnest($2::int4[]) n) AS sum,
         ($3::text[])[5000] AS last`,
      [none, first, second],
    );
    expect(rows).toEqual([{ none: 0, sum: String((4_999 * 5_000) / 2), last: 'text 4999' }]);
  });

  test('uuids from four numbers', async () => {
    const { pool } = await testPostgres();
    const writer = new BinaryArrayWriter();
    writer.begin(OID.uuid, 2);
    writer.uuid(0x0192f0c8, 0x5f3a7c11, -0x74b1ffff, -1);
    writer.null();
    const { rows } = await pool.query('SELECT unnest($1::uuid[])::text AS id', [writer.end()]);
    expect(rows).toEqual([{ id: '0192f0c8-5f3a-7c11-8b4e-0001ffffffff' }, { id: null }]);
  });
});
