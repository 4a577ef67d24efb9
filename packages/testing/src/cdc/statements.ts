import type { SeededRandom } from '@ebb/core';
import { quoteIdentifier } from '@ebb/postgres';
import { quotedName, type WorkloadColumn, type WorkloadTable } from './workload-tables.ts';

/** What one random step does; a step is one or more statements of one transaction. */
export const STEP_KINDS = [
  'insert',
  'insert-many',
  'upsert-many',
  'update-one-column',
  'update-all-columns',
  'update-many-rows',
  'update-often',
  'update-nothing',
  'delete',
  'delete-many',
  'delete-insert',
  'change-key',
  'swap-keys',
  'savepoint',
  'truncate',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export interface Step {
  kind: StepKind;
  statements: string[];
}

const WEIGHTS: readonly (readonly [StepKind, number])[] = [
  ['insert', 14],
  ['insert-many', 6],
  ['upsert-many', 6],
  ['update-one-column', 18],
  ['update-all-columns', 8],
  ['update-many-rows', 4],
  ['update-often', 5],
  ['update-nothing', 3],
  ['delete', 8],
  ['delete-many', 3],
  ['delete-insert', 7],
  ['change-key', 6],
  ['swap-keys', 3],
  ['savepoint', 5],
  ['truncate', 0.6],
];

export function drawStep(random: SeededRandom, tables: readonly WorkloadTable[]): Step {
  const kind = random.weighted(WEIGHTS);
  return { kind, statements: makers[kind](random, random.pick(tables)) };
}

type Maker = (random: SeededRandom, table: WorkloadTable) => string[];

const makers: Record<StepKind, Maker> = {
  insert: (random, table) => [`${insert(random, table, [table.drawKey(random)])} ON CONFLICT DO NOTHING`],
  'insert-many': (random, table) => [`${insert(random, table, drawKeys(random, table))} ON CONFLICT DO NOTHING`],
  'upsert-many': (random, table) => {
    const sets = drawColumns(random, table).map(({ name }) => `${id(name)} = excluded.${id(name)}`);
    const conflict = `ON CONFLICT (${names(table.key)}) DO UPDATE SET ${sets.join(', ')}`;
    return [`${insert(random, table, drawKeys(random, table))} ${conflict}`];
  },
  'update-one-column': (random, table) => [
    `UPDATE ${quotedName(table)} SET ${set(random, random.pick(table.columns))} WHERE ${isKey(table, table.drawKey(random))}`,
  ],
  'update-all-columns': (random, table) => [
    `UPDATE ${quotedName(table)} SET ${sets(random, table.columns)} WHERE ${isKey(table, table.drawKey(random))}`,
  ],
  'update-many-rows': (random, table) => [
    `UPDATE ${quotedName(table)} SET ${sets(random, drawColumns(random, table))} WHERE ${isAnyKey(random, table)}`,
  ],
  'update-often': (random, table) => {
    const where = isKey(table, table.drawKey(random));
    const times = 2 + random.int(4);
    return Array.from(
      { length: times },
      () => `UPDATE ${quotedName(table)} SET ${sets(random, drawColumns(random, table))} WHERE ${where}`,
    );
  },
  'update-nothing': (random, table) => {
    const name = id(random.pick(table.columns).name);
    return [`UPDATE ${quotedName(table)} SET ${name} = ${name} WHERE ${isKey(table, table.drawKey(random))}`];
  },
  delete: (random, table) => [`DELETE FROM ${quotedName(table)} WHERE ${isKey(table, table.drawKey(random))}`],
  'delete-many': (random, table) => [`DELETE FROM ${quotedName(table)} WHERE ${isAnyKey(random, table)}`],
  'delete-insert': (random, table) => {
    const key = table.drawKey(random);
    return [
      `DELETE FROM ${quotedName(table)} WHERE ${isKey(table, key)}`,
      `${insert(random, table, [key])} ON CONFLICT DO NOTHING`,
    ];
  },
  'change-key': (random, table) => [changeKey(table, table.drawKey(random), table.drawKey(random))],
  'swap-keys': (random, table) => {
    const [one, other, spare] = [table.drawKey(random), table.drawKey(random), table.drawKey(random)];
    return [changeKey(table, one, spare), changeKey(table, other, one), changeKey(table, spare, other)];
  },
  savepoint: (random, table) => [
    'SAVEPOINT step',
    `UPDATE ${quotedName(table)} SET ${sets(random, table.columns)} WHERE ${isAnyKey(random, table)}`,
    `DELETE FROM ${quotedName(table)} WHERE ${isKey(table, table.drawKey(random))}`,
    random.bool(0.6) ? 'ROLLBACK TO SAVEPOINT step' : 'RELEASE SAVEPOINT step',
  ],
  truncate: (_, table) => [`TRUNCATE ${quotedName(table)}`],
};

const id = quoteIdentifier;

function names(columns: readonly WorkloadColumn[]): string {
  return columns.map(({ name }) => id(name)).join(', ');
}

function drawKeys(random: SeededRandom, table: WorkloadTable): string[][] {
  const keys = Array.from({ length: 2 + random.int(8) }, () => table.drawKey(random));
  // One statement may not meet the same row twice.
  return [...new Map(keys.map((key) => [key.join('/'), key])).values()];
}

function drawColumns(random: SeededRandom, table: WorkloadTable): WorkloadColumn[] {
  const chosen = table.columns.filter(() => random.bool(0.3));
  return chosen.length > 0 ? chosen : [random.pick(table.columns)];
}

function draw(random: SeededRandom, { kind, isNullable }: WorkloadColumn): string {
  return isNullable && random.bool(0.15) ? 'NULL' : kind.draw(random);
}

function insert(random: SeededRandom, table: WorkloadTable, keys: readonly string[][]): string {
  const rows = keys.map((key) => `(${[...key, ...table.columns.map((column) => draw(random, column))].join(', ')})`);
  return `INSERT INTO ${quotedName(table)} (${names([...table.key, ...table.columns])}) VALUES ${rows.join(', ')}`;
}

function set(random: SeededRandom, column: WorkloadColumn): string {
  return `${id(column.name)} = ${draw(random, column)}`;
}

function sets(random: SeededRandom, columns: readonly WorkloadColumn[]): string {
  return columns.map((column) => set(random, column)).join(', ');
}

function isKey(table: WorkloadTable, key: readonly string[]): string {
  return table.key.map(({ name }, index) => `${id(name)} = ${key[index] ?? 'NULL'}`).join(' AND ');
}

function isAnyKey(random: SeededRandom, table: WorkloadTable): string {
  const keys = drawKeys(random, table).map((key) => `(${isKey(table, key)})`);
  return keys.join(' OR ');
}

/** Only where the new key is free, so that the transaction goes on. */
function changeKey(table: WorkloadTable, from: readonly string[], to: readonly string[]): string {
  const assign = table.key.map(({ name }, index) => `${id(name)} = ${to[index] ?? 'NULL'}`).join(', ');
  const isTaken = `SELECT FROM ${quotedName(table)} WHERE ${isKey(table, to)}`;
  return `UPDATE ${quotedName(table)} SET ${assign} WHERE ${isKey(table, from)} AND NOT EXISTS (${isTaken})`;
}
