import { testClickhouse } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { recordedHistory, recordedPartitions } from './testing/fixtures.ts';
import { Harness, type TestPartition } from './testing/harness.ts';

let harness: Harness;

/** The recorded table has columns that are refused: they are taken out of it and of its rows. */
const REFUSED = ['ae', 'vbit'];

function withoutRefused(log: TestPartition): TestPartition {
  const strip = (row: Record<string, unknown> | null): Record<string, unknown> | null =>
    row && Object.fromEntries(Object.entries(row).filter(([name]) => !REFUSED.includes(name)));
  return {
    ...log,
    messages: log.messages.map((message) => {
      // Numbers must stay as they were written.
      const text = String(message.value);
      const cut = REFUSED.reduce(
        (body, name) => body.replaceAll(new RegExp(`"${name}":(null|"[^"]*"|\\[[^\\]]*\\]),`, 'g'), ''),
        text,
      );
      expect(Object.keys(strip(JSON.parse(text).after) ?? {})).toEqual(Object.keys(JSON.parse(cut).after));
      return { ...message, value: Buffer.from(cut) };
    }),
  };
}

beforeAll(async () => {
  const { clickhouse } = await testClickhouse();
  harness = new Harness(clickhouse);
  const history = recordedHistory().map((row) =>
    row.table === 'all_types' ? { ...row, columns: row.columns.filter(({ name }) => !REFUSED.includes(name)) } : row,
  );
  harness.history.rows.push(...history);
  await harness.tables.open();
});

test('operations: key change, delete and insert again, schema changes, incremental snapshot, truncate', async () => {
  const partitions = recordedPartitions('debezium-operations.jsonl').filter(({ topic }) => topic === 'cdc.crm.fixture');
  const untilTruncate = partitions.map((log) => ({
    ...log,
    messages: log.messages.filter(
      ({ value }) => !String(value).includes('"op":"t"') && !String(value).includes('after truncate'),
    ),
  }));
  for (const log of untilTruncate) await harness.deliver(log);
  const rows = await harness.current('crm_fixture', 'region, id');
  expect(rows.map(({ region, id, name, amount, further }) => [region, id, name, amount, further])).toEqual([
    ['eu', '1', 'one', '99999999999999.9999', '42'],
    ['eu', '20', 'same transaction', '0', '42'],
    ['us', '3', 'before ddl', '3', '44'],
    ['us', '4', 'after ddl', '4', '9007199254740993'],
    ['us', '5', 'dropped', '5', '1'],
  ]);
  expect(String(rows[0]?.['big'])).toMatch(/^x{9000,}$/);
  expect(Object.keys(rows[0] ?? {}).filter((name) => !name.startsWith('_'))).toEqual([
    'id',
    'region',
    'name',
    'amount',
    'big',
    'further',
  ]);

  for (const log of partitions) await harness.deliver(log);
  const after = await harness.current('crm_fixture', 'region, id');
  expect(after.map(({ id, name }) => [id, name])).toEqual([['1', 'after truncate']]);
  expect(harness.deadLetters).toEqual([]);
  const history = await harness.clickhouse.query<{ n: string }>('SELECT count() AS n FROM raw.crm_fixture_history');
  expect(Number(history[0]?.n)).toBe(22);
});

test('a table made by a query before it had its key', async () => {
  for (const log of recordedPartitions('debezium-operations.jsonl').filter(({ topic }) => topic.endsWith('keyed_as'))) {
    await harness.deliver(log);
  }
  expect(await harness.current('crm_keyed_as', 'id')).toMatchObject([{ id: '1', v: 'y' }]);
});

test('a table without a key stops alone, with one dead letter for each partition that has rows', async () => {
  const [log] = recordedPartitions('debezium-operations.jsonl').filter(({ topic }) => topic.endsWith('keyless'));
  const batch = log && (await harness.deliver(log));
  expect(batch?.stopped?.reason).toMatch(/no primary key/);
  expect(batch?.progress.nextOffset).toBe(0);
  expect(harness.deadLetters.splice(0).map(({ code }) => code)).toEqual(['table_stopped']);
  expect(harness.tables.stoppedTables().map(({ table }) => table)).toEqual(['crm.keyless']);
});

test('every type, read and streamed alike', async () => {
  for (const log of recordedPartitions('debezium-types.jsonl')) await harness.deliver(withoutRefused(log));
  const rows = await harness.current('crm_all_types', 'id');
  const byId = new Map(rows.map((row) => [Number(row['id']), row]));
  const shown = (id: number): Record<string, unknown> =>
    Object.fromEntries(Object.entries(byId.get(id) ?? {}).filter(([name]) => !name.startsWith('_') && name !== 'id'));
  const letters = harness.deadLetters.splice(0);
  expect({ 1: shown(1), 2: shown(2) }).toMatchSnapshot('values');
  expect(letters.map(({ code, message }) => `${code}: ${message}`).toSorted()).toMatchSnapshot('dead letters');
  for (const id of [1, 2, 3]) expect({ ...shown(id + 100), gen: 0 }).toEqual({ ...shown(id), gen: 0 });
});
