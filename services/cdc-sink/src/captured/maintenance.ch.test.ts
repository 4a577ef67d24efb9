import { testClickhouse } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { column } from './testing/column.ts';
import { Harness } from './testing/harness.ts';
import { TableScript } from './testing/table-script.ts';
import type { PartitionStand } from './types.ts';

const DAY_MS = 86_400_000;
const key = column(1, 'id integer', { keyPosition: 1 });
const columns = [key, column(2, 'v text')];
let harness: Harness;

beforeAll(async () => {
  const { clickhouse } = await testClickhouse();
  harness = new Harness(clickhouse);
  await harness.tables.open();
});

/** The table's partition as the consumer sees it. */
function standOf({ log }: TableScript, over: Partial<PartitionStand> = {}): PartitionStand {
  const { topic, partition, messages } = log;
  const { nextOffset } = harness.progressOf(log);
  return { topic, partition, logStart: 0, highWatermark: messages.length, nextOffset, ...over };
}

/** A round of maintenance some time later; ClickHouse ends what it was told to do. */
async function maintain(...partitions: PartitionStand[]): Promise<void> {
  harness.nowMs += 2 * 3_600_000;
  await harness.tables.maintain({ nowMs: harness.nowMs, partitions });
  const running = 'SELECT count() AS n FROM system.mutations WHERE NOT is_done';
  await expect
    .poll(async () => (await harness.clickhouse.query<{ n: string }>(running))[0]?.n, { timeout: 10_000 })
    .toBe('0');
}

async function stored(table: string): Promise<string[]> {
  const rows = await harness.clickhouse.query<{ id: string; _deleted: number }>(
    `SELECT id, _deleted FROM raw.crm_${table} ORDER BY id, _version`,
  );
  return rows.map(({ id, _deleted }) => `${id}${_deleted === 1 ? ' deleted' : ''}`);
}

describe('a new epoch', () => {
  test('hides what was deleted in the gap once its snapshot is stored completely, and not before', async () => {
    const table = new TableScript(harness, 'epochs');
    table.ddl(columns);
    table.insert({ id: 1, v: 'stays' }, { id: 2, v: 'deleted in the gap' });
    await table.deliver();
    const row = table.ddl(columns, { kind: 'initial', origin: 'initial' });
    harness.history.epochs = [
      { epoch: 1, firstDdlId: 1n, isSnapshotComplete: false },
      { epoch: 2, firstDdlId: row.id, isSnapshotComplete: false },
    ];
    table.change({ op: 'r', after: { id: 1, v: 'stays' }, snapshot: 'true', epoch: 2 });
    table.change({ op: 'r', after: { id: 3, v: 'new' }, snapshot: 'incremental', epoch: 2 });
    await harness.deliver(table.log, 1);
    const both = ['stays', 'deleted in the gap'];
    const shown = async (): Promise<unknown[]> => (await table.shown()).map(({ v }) => v);
    await maintain(standOf(table));
    expect(await shown()).toEqual(both);

    harness.history.epochs = harness.history.epochs.map((epoch) => ({
      ...epoch,
      isSnapshotComplete: epoch.epoch === 2,
    }));
    await harness.tables.refreshSchemas();
    await maintain(standOf(table));
    await maintain(standOf(table));
    expect(await shown()).toEqual(both);
    await harness.restart();
    await table.deliver();
    await maintain(standOf(table));
    await maintain(standOf(table));
    expect(await shown()).toEqual(['stays', 'new']);
    // Changes of the old epoch that are still on their way change nothing.
    table.change({ op: 'u', before: { id: 1, v: 'stays' }, after: { id: 1, v: 'old slot' }, epoch: 1 });
    table.insert();
    await table.deliver();
    expect(await shown()).toEqual(['stays', 'new']);
    table.change({ op: 'u', before: { id: 1, v: 'stays' }, after: { id: 1, v: 'new slot' }, epoch: 2 });
    await table.deliver();
    expect(await shown()).toEqual(['new slot', 'new']);
    harness.history.epochs = [{ epoch: 1, firstDdlId: 1n, isSnapshotComplete: true }];
    await harness.restart();
  });
});

describe('deleted rows', () => {
  test('are removed when their messages are gone from the topic, and nothing else is', async () => {
    const table = new TableScript(harness, 'cleaned');
    table.ddl(columns);
    const rows = [1, 2, 3, 4].map((id) => ({ id, v: 'x' }));
    table.insert(...rows);
    await table.deliver();
    for (const before of rows.slice(0, 3)) table.change({ op: 'd', before });
    await table.deliver();
    table.insert({ id: 3, v: 'again' });
    await table.deliver();
    const all = await stored('cleaned');
    expect(all.filter((text) => text.includes('deleted'))).toEqual(['1 deleted', '2 deleted', '3 deleted']);
    harness.nowMs = table.log.messages[0]?.timestampMs ?? 0;

    // Still in the topic, too young, being read again: no.
    await maintain(standOf(table));
    await maintain(standOf(table));
    await maintain(standOf(table, { logStart: 6 }));
    harness.nowMs += 3 * DAY_MS;
    await maintain(standOf(table, { logStart: 6, nextOffset: 2 }));
    await maintain();
    await maintain(standOf(table, { logStart: 6 }));
    expect(await stored('cleaned')).toEqual(all);

    // The deletions of 1 and 2 have left the topic, that of 3 has not.
    for (let round = 0; round < 3; round += 1) await maintain(standOf(table, { logStart: 6 }));
    const left = await stored('cleaned');
    expect(left.filter((text) => /^[12]/.test(text))).toEqual([]);
    expect(left.filter((text) => text === '3 deleted')).toHaveLength(all.filter((text) => text === '3 deleted').length);
    expect((await table.shown()).map(({ id, v }) => [id, v])).toEqual([
      ['3', 'again'],
      ['4', 'x'],
    ]);
  });

  test('do not come back, whatever part of the topic is read again in between', async () => {
    const table = new TableScript(harness, 'replayed');
    table.ddl(columns);
    const rows = [1, 2, 3].map((id) => ({ id, v: 'x' }));
    table.insert(...rows);
    for (const before of rows) table.change({ op: 'd', before });
    harness.nowMs = (table.log.messages[0]?.timestampMs ?? 0) + 3 * DAY_MS;
    for (let logStart = 0; logStart <= 6; logStart += 1) {
      // What is left of the topic is delivered once more from its beginning.
      harness.setProgress({ ...harness.progressOf(table.log), nextOffset: logStart });
      await table.deliver();
      expect(await table.shown()).toEqual([]);
      for (let round = 0; round < 3; round += 1) await maintain(standOf(table, { logStart }));
      expect(await table.shown()).toEqual([]);
    }
    expect(await stored('replayed')).toEqual([]);
    const [stats] = harness.tables.stats().filter(({ table: name }) => name === 'crm.replayed');
    expect(stats?.rows).toBe(0);
  });

  test('and replaced ones show as dead rows', async () => {
    const table = new TableScript(harness, 'dead_rows');
    table.ddl(columns);
    await harness.clickhouse.query('SELECT 1');
    for (let value = 0; value < 4; value += 1) {
      table.update({ id: 1, v: '' }, { id: 1, v: String(value) });
      await table.deliver();
    }
    for (let round = 0; round < 6; round += 1) await maintain(standOf(table));
    const [stats] = harness.tables.stats().filter(({ table: name }) => name === 'crm.dead_rows');
    expect(stats).toMatchObject({ deadRows: (stats?.rows ?? 0) - 1 });
  });
});
