import { testClickhouse } from '@ebb/testing';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { ChangeStream, type Happening, type Step } from './testing/change-stream.ts';
import { column, historyRow } from './testing/column.ts';
import { Harness } from './testing/harness.ts';
import type { PartitionProgress } from './types.ts';

let harness: Harness;
let tables = 0;

beforeAll(async () => {
  const { clickhouse } = await testClickhouse();
  harness = new Harness(clickhouse);
  await harness.tables.open();
});

const KEYS = 6;
const id = fc.integer({ min: 1, max: KEYS });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put' as const), id, value: fc.option(fc.string()) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), id, to: id }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'truncate' as const }) },
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      steps: fc.array(step, { minLength: 1, maxLength: 5 }),
      // Changes of up to three transactions lie between a change and its commit.
      lag: fc.integer({ min: 0, max: 7 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('repeat' as const), transactions: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'resnapshot' as const }) },
);

interface Turn {
  partition: number;
  messages: number;
  /** Afterwards the consumer goes back to one of the positions it had. */
  rewind: number | null;
  /** The process dies after it stored the rows and before it stored its position. */
  isLost: boolean;
}
const turn: fc.Arbitrary<Turn> = fc.record({
  partition: fc.nat(2),
  messages: fc.integer({ min: 1, max: 9 }),
  rewind: fc.option(fc.nat(20), { freq: 4 }),
  isLost: fc.boolean(),
});

async function deliver(stream: ChangeStream, turns: readonly Turn[]): Promise<void> {
  const past = stream.partitions.map((log): PartitionProgress[] => [harness.progressOf(log)]);
  for (const { partition, messages, rewind, isLost } of turns) {
    const log = stream.partitions[partition % stream.partitions.length];
    const positions = past[partition % stream.partitions.length];
    if (log === undefined || positions === undefined) continue;
    const before = harness.progressOf(log);
    await harness.deliver(log, messages);
    if (isLost) harness.setProgress(before);
    else positions.push(harness.progressOf(log));
    const back = rewind === null ? undefined : positions[rewind % positions.length];
    if (back !== undefined) harness.setProgress(back);
  }
  for (const log of stream.partitions) await harness.deliver(log);
}

const REPLAYED = (table: string): string => `SELECT id, row.1 AS v, row.2 AS n FROM (
  SELECT id, argMax(tuple(v, n), (_version, _offset)) AS row, argMax(_deleted, (_version, _offset)) AS deleted,
    max(_version) AS version FROM raw.crm_${table}_log GROUP BY id
) WHERE deleted = 0 AND version >= (SELECT max(version) FROM ops.barriers WHERE table_name = 'crm.${table}') ORDER BY id`;

test('whatever happens, and however often it is delivered, ClickHouse holds what Postgres holds', async () => {
  const property = fc.asyncProperty(
    fc.array(happening, { minLength: 1, maxLength: 25 }),
    fc.array(turn, { maxLength: 12 }),
    async (happenings, turns) => {
      tables += 1;
      const table = `random_${tables}`;
      const columns = [column(1, 'id integer', { keyPosition: 1 }), column(2, 'v text'), column(3, 'n numeric(10,2)')];
      const created = historyRow({
        id: BigInt(tables),
        lsn: 10n,
        columns,
        kind: 'create',
        table,
        oid: 10_000 + tables,
      });
      harness.history.rows.push(created);
      const stream = new ChangeStream(table, 3, 100_000);
      for (const each of happenings) stream.play(each);
      await deliver(stream, turns);
      const expected = [...stream.rows.values()]
        .toSorted((a, b) => Number(a['id']) - Number(b['id']))
        .map((row) => ({ id: String(row['id']), v: row['v'], n: String(row['n']).replace(/0$/, '') }));
      const shown = await harness.clickhouse.query(`SELECT id, v, n FROM raw.crm_${table}_current ORDER BY id`);
      expect(shown).toEqual(expected);
      expect(await harness.clickhouse.query(REPLAYED(table))).toEqual(expected);
      expect(harness.deadLetters).toEqual([]);
      for (const name of [`crm_${table}`, `crm_${table}_log`])
        await harness.clickhouse.command(`DROP TABLE raw.${name}`);
    },
  );
  await fc.assert(property, { numRuns: 25, endOnFailure: true });
}, 120_000);
