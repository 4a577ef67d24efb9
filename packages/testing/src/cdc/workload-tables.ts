import type { SeededRandom } from '@ebb/core';
import { quoteIdentifier, quoteLiteral } from '@ebb/postgres';
import { COLUMN_KINDS, type ColumnKind, enumKind, MOODS } from './column-kinds.ts';

export interface WorkloadColumn {
  name: string;
  kind: ColumnKind;
  isNullable: boolean;
}

/** A table of the random workload. */
export interface WorkloadTable {
  schema: string;
  name: string;
  key: readonly WorkloadColumn[];
  columns: readonly WorkloadColumn[];
  /** SQL expressions of one of few keys, so that transactions meet on the same rows. */
  drawKey: (random: SeededRandom) => string[];
}

const column = (name: string, kind: ColumnKind, isNullable = true): WorkloadColumn => ({ name, kind, isNullable });
const KEYS = 40;

/** Every column type, a composite key, and natural keys of text and uuid; in both captured schemas. */
export function workloadTables(prefix: string): WorkloadTable[] {
  const mood = enumKind(`crm.${quoteIdentifier(`${prefix}_mood`)}`);
  return [
    {
      schema: 'crm',
      name: `${prefix}_wide`,
      key: [column('id', COLUMN_KINDS.int8, false)],
      columns: [
        ...Object.entries(COLUMN_KINDS).map(([name, kind]) => column(`c_${name.toLowerCase()}`, kind)),
        column('c_mood', mood),
      ],
      drawKey: (random) => [String(random.int(KEYS) - 3)],
    },
    {
      schema: 'crm',
      name: `${prefix}_pair`,
      key: [column('tenant', COLUMN_KINDS.text, false), column('seq', COLUMN_KINDS.int4, false)],
      columns: [
        column('amount', COLUMN_KINDS.money, false),
        column('body', COLUMN_KINDS.body),
        column('at', COLUMN_KINDS.moment, false),
        column('Odd "name"', COLUMN_KINDS.text),
      ],
      drawKey: (random) => [quoteLiteral(random.pick(['', 'a', "b'c", 'd/e', '|'])), String(random.int(8))],
    },
    {
      schema: 'sales',
      name: `${prefix}_natural`,
      key: [column('code', COLUMN_KINDS.code, false)],
      columns: [column('price', COLUMN_KINDS.money), column('tags', COLUMN_KINDS.texts), column('mood', mood)],
      drawKey: (random) => [quoteLiteral(`${random.pick(['ä', 'K ', "q'"])}${random.int(12)}`)],
    },
    {
      schema: 'crm',
      name: `${prefix}_uuid`,
      key: [column('id', COLUMN_KINDS.uuid, false)],
      columns: [column('n', COLUMN_KINDS.int8, false), column('doc', COLUMN_KINDS.jsonb)],
      drawKey: (random) => [quoteLiteral(`00000000-0000-4000-8000-0000000000${10 + random.int(KEYS)}`)],
    },
  ];
}

export function quotedName(table: { schema: string; name: string }): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/** Statements that make the tables, to be run one by one. */
export function createStatements(prefix: string, tables: readonly WorkloadTable[]): string[] {
  const moods = MOODS.map((mood) => quoteLiteral(mood)).join(', ');
  const type = `CREATE TYPE crm.${quoteIdentifier(`${prefix}_mood`)} AS ENUM (${moods})`;
  return [type, ...tables.map(createTable)];
}

function createTable(table: WorkloadTable): string {
  const columns = [...table.key, ...table.columns].map(
    ({ name, kind, isNullable }) => `${quoteIdentifier(name)} ${kind.sqlType}${isNullable ? '' : ' NOT NULL'}`,
  );
  const key = table.key.map(({ name }) => quoteIdentifier(name)).join(', ');
  return `CREATE TABLE ${quotedName(table)} (${columns.join(', ')}, PRIMARY KEY (${key}))`;
}
