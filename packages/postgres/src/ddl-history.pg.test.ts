import { testPostgres, type TestPostgres, uniqueName } from '@ebb/testing';
import { beforeEach, describe, expect, it } from 'vitest';

interface Column {
  attnum: number;
  name: string;
  type: string;
  not_null: boolean;
  key_position: number | null;
  default: string;
  missing_value: string | null;
  element_type?: string;
  base_type?: string;
  enum_values?: string[];
}

interface Change {
  kind: string;
  origin: string;
  name: string;
  rewrites: boolean;
  columns: Column[];
}

let database: TestPostgres;
beforeEach(async () => {
  database = await testPostgres();
  await database.pool.query('CREATE TABLE crm.thing (id integer PRIMARY KEY, label varchar(10) NOT NULL)');
});

async function changes(after = 0): Promise<Change[]> {
  const { rows } = await database.pool.query<Change>(
    `SELECT kind, origin, schema_name || '.' || table_name AS name, rewrites, columns
     FROM ops.ddl_history WHERE origin <> 'initial' ORDER BY id OFFSET $1`,
    [after],
  );
  return rows;
}

/** What the statements added to the history, the creation of the test's table aside. */
async function changesOf(sql: string): Promise<Change[]> {
  const before = (await changes()).length;
  await database.pool.query(sql);
  return changes(before);
}

const column = (change: Change | undefined, name: string): Column | undefined =>
  change?.columns.find((entry) => entry.name === name);

describe('the history of schemas', () => {
  it('begins with every captured table as it is, and survives copying a database', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT schema_name || '.' || table_name AS name FROM ops.ddl_history WHERE origin = 'initial'`,
    );
    const names = rows.map((row) => row.name);
    expect(names).toEqual(expect.arrayContaining(['sales.orders', 'ops.ddl_history', 'ops.cdc_heartbeat']));
    // Tables of later migrations stand before it, as changes.
    const last = (await changes()).at(-1);
    expect({ kind: last?.kind, name: last?.name }).toEqual({ kind: 'create', name: 'crm.thing' });
  });

  it('says that a table was rewritten when a partition with rows is attached, from whatever schema, and else not', async () => {
    const rewritten = (found: Change[]): string[] => found.filter(({ rewrites }) => rewrites).map(({ name }) => name);
    await database.pool.query(
      `CREATE TABLE crm.visits (id integer, at integer, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
       CREATE TABLE crm.visits_1 PARTITION OF crm.visits FOR VALUES FROM (0) TO (10);
       INSERT INTO crm.visits VALUES (1, 1);
       CREATE TABLE public.visits_2 (LIKE crm.visits INCLUDING ALL);
       CREATE TABLE crm.visits_3 (LIKE crm.visits INCLUDING ALL);
       CREATE TABLE crm.visits_4 (LIKE crm.visits INCLUDING ALL);
       INSERT INTO public.visits_2 VALUES (2, 12);
       INSERT INTO crm.visits_3 VALUES (3, 23)`,
    );
    expect((await changes()).filter(({ rewrites }) => rewrites)).toEqual([]);
    const attach = (part: string, from: number): Promise<Change[]> =>
      changesOf(`ALTER TABLE crm.visits ATTACH PARTITION ${part} FOR VALUES FROM (${from}) TO (${from + 10})`);
    expect(rewritten(await attach('public.visits_2', 10))).toEqual(['crm.visits']);
    expect(rewritten(await attach('crm.visits_3', 20))).toEqual(['crm.visits']);
    expect(rewritten(await attach('crm.visits_4', 30))).toEqual([]);
    expect(rewritten(await changesOf('ALTER TABLE crm.visits ADD COLUMN note text'))).toEqual([]);
    const detached = await changesOf('ALTER TABLE crm.visits DETACH PARTITION crm.visits_3');
    expect(detached.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['create crm.visits_3']);
    await database.pool.query('UPDATE crm.visits_3 SET note = id::text');
    expect(rewritten(await attach('crm.visits_3', 20))).toEqual(['crm.visits']);
  });

  it('has tables whose name can be that of a topic, from when they have it until they lose it', async () => {
    const named = (found: Change[]): string[] => found.map(({ kind, name }) => `${kind} ${name}`);
    for (const odd of ['Order Lines', 'Order.Lines', 'заказы']) {
      expect(await changesOf(`CREATE TABLE crm."${odd}" (id integer PRIMARY KEY)`)).toEqual([]);
    }
    expect(named(await changesOf('CREATE TABLE crm."Order-Lines_2" (id integer)'))).toEqual([
      'create crm.Order-Lines_2',
    ]);
    expect(named(await changesOf('ALTER TABLE crm."Order.Lines" RENAME TO lines'))).toEqual(['create crm.lines']);
    expect(named(await changesOf('ALTER TABLE crm.lines RENAME TO "lines?"'))).toEqual(['drop crm.lines']);
    // An update of what is published would fail without it.
    const { rows } = await database.pool.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r' AND relreplident <> 'f'`,
    );
    expect(rows).toEqual([]);
  });

  it('tells a constant default from a computed one and from none', async () => {
    const [constant] = await changesOf(`ALTER TABLE crm.thing ADD COLUMN a text NOT NULL DEFAULT 'x''y'`);
    expect(column(constant, 'a')).toMatchObject({
      attnum: 3,
      default: 'constant',
      missing_value: "x'y",
      not_null: true,
    });
    expect(constant?.rewrites).toBe(false);
    const [none] = await changesOf('ALTER TABLE crm.thing ADD COLUMN b numeric(20, 4)');
    expect(column(none, 'b')).toMatchObject({ type: 'numeric(20,4)', default: 'none', missing_value: null });
    const [computed] = await changesOf('ALTER TABLE crm.thing ADD COLUMN c uuid DEFAULT gen_random_uuid()');
    expect(column(computed, 'c')).toMatchObject({ default: 'volatile', missing_value: null });
    expect(computed).toMatchObject({ kind: 'alter', rewrites: true });
    const [at] = await changesOf('ALTER TABLE crm.thing ADD COLUMN d timestamptz DEFAULT now()');
    expect(column(at, 'd')?.missing_value).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+00$/);
  });

  it('writes missing values down alike, whatever the session prefers to print', async () => {
    const [change] = await changesOf(
      `SET LOCAL datestyle = 'SQL, DMY'; SET LOCAL timezone = 'Asia/Tokyo';
       ALTER TABLE crm.thing ADD COLUMN at timestamptz DEFAULT '2026-01-02T03:04:05.678901Z'`,
    );
    expect(column(change, 'at')?.missing_value).toBe('2026-01-02 03:04:05.678901+00');
  });

  it('follows types, names, nullability and keys', async () => {
    expect(await changesOf('ALTER TABLE crm.thing ALTER COLUMN label TYPE varchar(20)')).toMatchObject([
      { kind: 'alter', rewrites: false, columns: [{}, { type: 'character varying(20)' }] },
    ]);
    expect(await changesOf('ALTER TABLE crm.thing ALTER COLUMN id TYPE bigint')).toMatchObject([
      { kind: 'alter', rewrites: true, columns: [{ type: 'bigint', key_position: 1 }, {}] },
    ]);
    expect(await changesOf('ALTER TABLE crm.thing RENAME COLUMN label TO title')).toMatchObject([
      { kind: 'alter', columns: [{}, { attnum: 2, name: 'title' }] },
    ]);
    expect(await changesOf('ALTER TABLE crm.thing ALTER COLUMN title DROP NOT NULL')).toMatchObject([
      { columns: [{}, { not_null: false }] },
    ]);
    expect(await changesOf('ALTER TABLE crm.thing DROP CONSTRAINT thing_pkey')).toMatchObject([
      { columns: [{ key_position: null }, {}] },
    ]);
    expect(await changesOf('ALTER TABLE crm.thing DROP COLUMN title')).toMatchObject([{ columns: [{ name: 'id' }] }]);
  });

  it('follows tables that come, are renamed, move and go', async () => {
    const [created] = await changesOf('CREATE TABLE sales.gift AS SELECT 1 AS id');
    expect(created).toMatchObject({ kind: 'create', name: 'sales.gift' });
    expect(await changesOf('ALTER TABLE crm.thing RENAME TO item')).toMatchObject([
      { kind: 'rename', name: 'crm.item' },
    ]);
    expect(await changesOf('ALTER TABLE crm.item SET SCHEMA sales')).toMatchObject([
      { kind: 'rename', name: 'sales.item' },
    ]);
    expect(await changesOf('ALTER TABLE sales.item SET SCHEMA public')).toMatchObject([
      { kind: 'drop', name: 'sales.item', columns: [] },
    ]);
    expect(await changesOf('ALTER TABLE public.item SET SCHEMA crm')).toMatchObject([
      { kind: 'create', name: 'crm.item' },
    ]);
    expect(await changesOf('DROP TABLE crm.item, sales.gift')).toMatchObject([{ kind: 'drop' }, { kind: 'drop' }]);
  });

  it('describes arrays, domains, enumerations and generated columns', async () => {
    const [change] = await changesOf(
      `CREATE TYPE crm.mood AS ENUM ('sad', 'glad'); CREATE DOMAIN crm.money AS numeric(12, 2);
       CREATE DOMAIN crm.price AS crm.money CHECK (VALUE > 0);
       CREATE TABLE crm.kinds (id bigint PRIMARY KEY, tags text[], prices numeric(10, 2)[], mood crm.mood,
         price crm.price, twice bigint GENERATED ALWAYS AS (id * 2) STORED)`,
    );
    expect(column(change, 'tags')).toMatchObject({ type: 'text[]', element_type: 'text' });
    expect(column(change, 'prices')).toMatchObject({ element_type: 'numeric(10,2)' });
    expect(column(change, 'mood')).toMatchObject({ type: 'crm.mood', enum_values: ['sad', 'glad'] });
    expect(column(change, 'price')).toMatchObject({ type: 'crm.price', base_type: 'numeric(12,2)' });
    expect(column(change, 'twice')).toMatchObject({ generated: 's' });
  });

  it('sees a column go with its type, and is not disturbed by other tables', async () => {
    await database.pool.query(`CREATE TYPE crm.mood AS ENUM ('sad')`);
    await database.pool.query('ALTER TABLE crm.thing ADD COLUMN mood crm.mood');
    expect(await changesOf('DROP TYPE crm.mood CASCADE')).toMatchObject([{ columns: [{ name: 'id' }, {}] }]);
    const quiet = await changesOf(
      `CREATE TABLE public.other (id integer); ALTER TABLE public.other ADD COLUMN x integer; DROP TABLE public.other;
       CREATE TEMP TABLE t (id integer); ALTER TABLE t ADD COLUMN x integer; DROP TABLE t;
       CREATE UNLOGGED TABLE crm.fast (id integer); CREATE INDEX ON crm.thing (label)`,
    );
    expect(quiet).toEqual([]);
    await database.pool.query('VACUUM FULL crm.thing');
    expect(await changesOf('ALTER TABLE crm.thing SET (fillfactor = 50)')).toEqual([]);
  });

  it('counts a partitioned table once and its partitions not', async () => {
    const created = await changesOf(
      `CREATE TABLE crm.parted (id integer PRIMARY KEY) PARTITION BY RANGE (id);
       CREATE TABLE crm.parted_1 PARTITION OF crm.parted FOR VALUES FROM (0) TO (10)`,
    );
    expect(created).toMatchObject([{ kind: 'create', name: 'crm.parted' }]);
    const { rows } = await database.pool.query(`SELECT relreplident FROM pg_class WHERE relname = 'parted_1'`);
    expect(rows).toEqual([{ relreplident: 'f' }]);
  });

  it('leaves nothing of a change that is rolled back', async () => {
    const rolledBack = await changesOf(
      'BEGIN; ALTER TABLE crm.thing ADD COLUMN x uuid DEFAULT gen_random_uuid(); ROLLBACK',
    );
    expect(rolledBack).toEqual([]);
    const savepoint = await changesOf(
      `BEGIN; SAVEPOINT s; ALTER TABLE crm.thing ALTER COLUMN id TYPE bigint; ROLLBACK TO s;
       ALTER TABLE crm.thing ADD COLUMN y integer; COMMIT`,
    );
    expect(savepoint).toMatchObject([{ kind: 'alter', rewrites: false }]);
  });

  it('gives new tables whole old rows, and the connector the right to read them', async () => {
    const { rows } = await database.pool.query(
      `SELECT relreplident, has_table_privilege('ebb_connector', oid, 'SELECT') AS readable
       FROM pg_class WHERE oid = 'crm.thing'::regclass`,
    );
    expect(rows).toEqual([{ relreplident: 'f', readable: true }]);
  });
});

describe('positions', () => {
  it('part the rows of one transaction into those before a change of columns and those after it', async () => {
    const slot = uniqueName('slot');
    await database.pool.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [slot]);
    try {
      await database.pool.query(
        `BEGIN; INSERT INTO crm.thing VALUES (1, 'before'); ALTER TABLE crm.thing ADD COLUMN x integer;
         INSERT INTO crm.thing VALUES (2, 'after', 7); COMMIT`,
      );
      // Of an insert's message: its kind, then the table's oid.
      const { rows } = await database.pool.query<{ is_after: boolean }>(
        `SELECT c.lsn >= h.lsn AS is_after
         FROM pg_logical_slot_get_binary_changes($1, NULL, NULL, 'proto_version', '1', 'publication_names', 'ebb_cdc') c,
           (SELECT lsn, table_oid FROM ops.ddl_history ORDER BY id DESC LIMIT 1) h
         WHERE substr(c.data, 1, 5) = 'I'::bytea || int4send(h.table_oid::bigint::integer)`,
        [slot],
      );
      expect(rows).toEqual([{ is_after: false }, { is_after: true }]);
    } finally {
      await database.pool.query('SELECT pg_drop_replication_slot($1)', [slot]);
    }
  });
});

describe('without event triggers', () => {
  it('finds changes by comparing, once', async () => {
    await database.pool.query(
      'ALTER EVENT TRIGGER ebb_cdc_ddl_end DISABLE; ALTER TABLE crm.thing ADD COLUMN late integer',
    );
    const before = (await changes()).length;
    await database.pool.query('SET ROLE ebb_connector; SELECT ops.detect_schema_drift(); RESET ROLE');
    await database.pool.query('SELECT ops.detect_schema_drift()');
    expect(await changes(before)).toMatchObject([{ kind: 'drift', origin: 'drift', name: 'crm.thing' }]);
  });
});

describe('the publication', () => {
  it('is made again when it is gone, and tables are prepared that nobody prepared', async () => {
    await database.pool.query(
      `SET LOCAL event_triggers = off; DROP PUBLICATION ebb_cdc; ALTER TABLE crm.thing REPLICA IDENTITY DEFAULT; REVOKE SELECT ON crm.thing FROM ebb_connector`,
    );
    const { rows } = await database.pool.query<{ text: string }>(
      'SELECT t.text FROM (SELECT ops.repair_publication() UNION ALL SELECT ops.prepare_captured()) t (text)',
    );
    expect(rows.map((row) => row.text)).toEqual([
      'publication ebb_cdc created',
      'replica identity of crm.thing set to FULL',
      'ebb_connector may read crm.thing',
    ]);
    const again = await database.pool.query('SELECT ops.repair_publication() UNION ALL SELECT ops.prepare_captured()');
    expect(again.rows).toEqual([]);
  });
});
