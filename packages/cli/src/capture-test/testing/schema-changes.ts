import type { TableName } from '../../capture-check/table-shape.ts';

export interface SchemaChange {
  what: string;
  table: TableName;
  statements: string[];
  /** stops: cannot be applied, so it stops this table alone, with an alert. */
  outcome: 'applied' | 'stops';
}

export interface SchemaScript {
  /** Statements that make the tables as they are before. */
  create: string[];
  /** Tables that are written from the beginning. */
  tables: TableName[];
  changes: SchemaChange[];
}

const sql = (name: TableName): string => `${name.schema}.${name.table}`;

const alter = (what: string, table: TableName, ...actions: string[]): SchemaChange => ({
  what,
  table,
  statements: actions.map((action) => `ALTER TABLE ${sql(table)} ${action}`),
  outcome: 'applied',
});

const stops = (change: SchemaChange): SchemaChange => ({ ...change, outcome: 'stops' });

/** Every kind of schema change; the unsupported ones have a table each, which they stop. */
export function schemaScript(prefix: string): SchemaScript {
  const table = (name: string, schema = 'crm'): TableName => ({ schema, table: `${prefix}_${name}` });
  const main = table('main');
  const other = table('other', 'sales');
  const rekeyed = table('rekeyed');
  const retyped = table('retyped');
  const keyless = table('keyless');
  const strange = table('strange');
  const reserved = table('reserved');
  const born = table('born');
  return {
    tables: [main, other, rekeyed, retyped, keyless, strange, reserved],
    create: [
      `CREATE TABLE ${sql(main)} (id bigint PRIMARY KEY, name varchar(40) NOT NULL, visits integer NOT NULL,
        amount numeric(10,2) NOT NULL, code varchar(20), old_note text, tag text)`,
      `CREATE TABLE ${sql(other)} (id text PRIMARY KEY, total numeric(12,2) NOT NULL, is_open boolean NOT NULL)`,
      `CREATE TABLE ${sql(rekeyed)} (id bigint PRIMARY KEY, code text NOT NULL, n integer)`,
      `CREATE TABLE ${sql(retyped)} (id bigint PRIMARY KEY, amount numeric(10,2), n integer)`,
      ...[keyless, strange, reserved].map((name) => `CREATE TABLE ${sql(name)} (id bigint PRIMARY KEY, n integer)`),
    ],
    changes: [
      alter('column added with a constant default', main, 'ADD COLUMN level integer NOT NULL DEFAULT 7'),
      alter('column added with a volatile default', main, 'ADD COLUMN token uuid DEFAULT gen_random_uuid()'),
      alter('column added without a default', main, 'ADD COLUMN note text'),
      alter('integer widened', main, 'ALTER COLUMN visits TYPE bigint'),
      alter('column renamed', main, 'RENAME COLUMN name TO full_name'),
      alter('column dropped', main, 'DROP COLUMN old_note'),
      alter('NOT NULL dropped', other, 'ALTER COLUMN total DROP NOT NULL'),
      {
        what: 'table created',
        table: born,
        statements: [
          `CREATE TABLE ${sql(born)} (id bigint PRIMARY KEY, at timestamptz DEFAULT now(), share double precision)`,
        ],
        outcome: 'applied',
      },
      alter('varchar to text', main, 'ALTER COLUMN code TYPE text'),
      alter('precision of a numeric raised', main, 'ALTER COLUMN amount TYPE numeric(20,2)'),
      alter('column dropped and added again', main, 'DROP COLUMN tag', 'ADD COLUMN tag integer'),
      alter('column dropped and one of its type added', main, 'DROP COLUMN note', 'ADD COLUMN remark text'),
      alter('primary key changed', rekeyed, `DROP CONSTRAINT ${rekeyed.table}_pkey, ADD PRIMARY KEY (id, code)`),
      alter('type changed with USING', retyped, `ALTER COLUMN amount TYPE text USING 'about ' || amount::text`),
      stops(alter('primary key dropped', keyless, `DROP CONSTRAINT ${keyless.table}_pkey`)),
      stops(alter('column of a type that is lost on the way', strange, 'ADD COLUMN prices money[]')),
      alter("column of a name of the sink's own", reserved, 'ADD COLUMN _version integer'),
    ],
  };
}
