import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, testClickhouse } from '@ebb/testing';
import { expect, test } from 'vitest';

const WRITERS = 4;
const ROWS = 500;
const KILLS = 3;

test(
  'killed under its writers: every acknowledged insert is there, whole, and none in part',
  { timeout: 120_000 },
  async () => {
    const server = await testClickhouse();
    const { clickhouse } = server;
    await clickhouse.command(
      'CREATE TABLE raw.batches (writer UInt8, batch UInt32, row UInt32) ENGINE = MergeTree ORDER BY (writer, batch, row)',
    );
    const acknowledged = new Set<string>();
    const over = new AbortController();
    const write = async (writer: number): Promise<void> => {
      for (let batch = 0; !over.signal.aborted; batch += 1) {
        const lines = Array.from({ length: ROWS }, (_, row) => JSON.stringify({ writer, batch, row }));
        // What failed is not repeated under its number: it may be there or not, but never in part.
        await clickhouse
          .insert('raw.batches', {
            columns: ['writer', 'batch', 'row'],
            format: 'JSONEachRow',
            body: Buffer.from(lines.join('\n')),
          })
          .then(
            () => acknowledged.add(`${writer}:${batch}`),
            () => new Promise((resolve) => setTimeout(resolve, 50)),
          );
      }
    };
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const before = acknowledged.size;
      await eventually(() => acknowledged.size > before + 20, { timeoutMs: 30_000 });
      await server.kill();
      await server.start();
    }
    const last = acknowledged.size;
    await eventually(() => acknowledged.size > last, { timeoutMs: 30_000 });
    over.abort();
    await Promise.all(writers);

    const stored = await clickhouse.query<{ name: string; rows: string; distinct: string }>(
      `SELECT concat(toString(writer), ':', toString(batch)) AS name, count() AS rows, uniqExact(row) AS distinct
     FROM raw.batches GROUP BY writer, batch`,
    );
    expect(stored.filter(({ rows, distinct }) => rows !== String(ROWS) || distinct !== String(ROWS))).toEqual([]);
    const names = new Set(stored.map(({ name }) => name));
    expect([...acknowledged].filter((name) => !names.has(name))).toEqual([]);
    // Bodies of requests that the kills cut off are not left behind.
    expect(readdirSync(join(server.dataDir, 'bodies'))).toEqual([]);
  },
);

test('a query that wants too much memory is refused, and the server goes on', async () => {
  const { clickhouse } = await testClickhouse({ memoryMb: 600 });
  const hungry = 'SELECT length(groupArray(number)) FROM numbers(300000000)';
  const error: unknown = await clickhouse.query(hungry).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'REFUSED', exceptionCode: 241, retryable: true });
  expect(await clickhouse.query('SELECT 1 AS a')).toEqual([{ a: 1 }]);
});
