import { errorMessage } from '@ebb/core';
import { testClickhouse, type TestClickhouse } from '@ebb/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Clickhouse, createClickhouse } from './clickhouse.ts';
import { tryForbidden } from './forbidden.ts';
import { CLICKHOUSE_LOGIN_NAMES, CLICKHOUSE_LOGINS, type ClickhouseLogin } from './logins.ts';

let server: TestClickhouse;
beforeAll(async () => {
  server = await testClickhouse();
});

async function as<T>(login: ClickhouseLogin, work: (clickhouse: Clickhouse) => Promise<T>): Promise<T> {
  const clickhouse = createClickhouse({ url: server.urlOf(login), applicationName: 'ebb-test' });
  try {
    return await work(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

describe.each(CLICKHOUSE_LOGIN_NAMES)('%s', (login) => {
  it('logs in', async () => {
    expect(await as(login, (clickhouse) => clickhouse.query('SELECT 1 AS a'))).toEqual([{ a: 1 }]);
  });

  it('may do nothing of what it has no business with', async () => {
    const { forbidden } = CLICKHOUSE_LOGINS[login];
    const outcomes = await as(login, (clickhouse) => tryForbidden(clickhouse, forbidden));
    expect(outcomes.filter(({ outcome }) => outcome !== 'refused')).toEqual([]);
    expect(outcomes).toHaveLength(forbidden.length);
  });
});

it('would be noticed: a login that may do everything', async () => {
  const outcomes = await as('ebb', (clickhouse) =>
    tryForbidden(clickhouse, ['SELECT count() FROM marts.publication', 'SELECT no_such_column FROM marts.publication']),
  );
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['allowed', 'not proven']);
});

const ALLOWED: [ClickhouseLogin, string][] = [
  ['ebb_sink', 'CREATE TABLE raw.of_sink (id Int64) ENGINE = MergeTree ORDER BY id'],
  ['ebb_sink', 'CREATE OR REPLACE VIEW raw.of_sink_current AS SELECT * FROM raw.of_sink'],
  ['ebb_sink', 'CREATE OR REPLACE VIEW raw.of_sink_current AS SELECT id FROM raw.of_sink'],
  ['ebb_sink', 'ALTER TABLE raw.of_sink ADD COLUMN a String'],
  ['ebb_sink', "INSERT INTO raw.of_sink VALUES (1, 'a')"],
  ['ebb_sink', 'ALTER TABLE raw.of_sink DELETE WHERE id = 2'],
  ['ebb_sink', 'DROP VIEW raw.of_sink_current'],
  ['ebb_sink', 'SELECT count() FROM ops.sink_progress FINAL'],
  ['ebb_ledger', 'ALTER TABLE raw.web_events DELETE WHERE 0'],
  ['ebb_ledger', 'SELECT count() FROM marts.publication'],
  ['ebb_loader', 'DELETE FROM raw.loaded_files WHERE 0'],
  ['ebb_loader', 'SELECT count() FROM raw.loaded_files_current'],
  ['ebb_segmentation', 'INSERT INTO ml.publication SELECT * FROM ml.publication WHERE 0'],
  ['ebb_segmentation', "SELECT count() FROM system.columns WHERE database = 'ml'"],
  ['ebb_dbt', 'CREATE DATABASE marts_p1'],
  ['ebb_dbt', 'CREATE TABLE marts_p1.t ENGINE = MergeTree ORDER BY n AS SELECT 1 AS n'],
  ['ebb_dbt', 'CREATE TABLE marts_p1.u ENGINE = MergeTree ORDER BY n AS SELECT 2 AS n'],
  ['ebb_dbt', 'EXCHANGE TABLES marts_p1.t AND marts_p1.u'],
  ['ebb_dbt', 'RENAME TABLE marts_p1.u TO marts_p1.v'],
  ['ebb_dbt', 'CREATE OR REPLACE VIEW marts.of_dbt AS SELECT * FROM marts_p1.t'],
  ['ebb_dbt', 'CREATE DATABASE IF NOT EXISTS lake'],
  ['ebb_dbt', 'CREATE OR REPLACE VIEW lake.kept AS SELECT 1 AS n'],
  ['ebb_dbt', 'CREATE OR REPLACE VIEW lake.kept AS SELECT 2 AS n'],
  ['ebb_dashboard', 'SELECT n FROM marts_p1.t'],
  ['ebb_ledger', 'SELECT n FROM marts_p1.t'],
  ['ebb_reader', 'SELECT n FROM marts.of_dbt'],
  ['ebb_dashboard', "SELECT count() FROM system.columns WHERE database = 'marts_p1'"],
  ['ebb_dbt', 'DROP VIEW marts.of_dbt'],
  ['ebb_dbt', 'DROP DATABASE marts_p1'],
  ['ebb_dbt', "ALTER TABLE ops.touched DROP PARTITION tuple('x')"],
  ['ebb_dbt', "DELETE FROM ops.build_nodes WHERE build_id = ''"],
];

it('may do its work', async () => {
  const problems: string[] = [];
  for (const [login, statement] of ALLOWED) {
    const done = as(login, (clickhouse) => clickhouse.queryText(statement, 'Null'));
    await done.catch((error: unknown) => problems.push(`${login}: ${errorMessage(error)}`));
  }
  expect(problems).toEqual([]);
});

it('inserts what follows a statement', async () => {
  await as('ebb_sink', async (clickhouse) => {
    const row = Buffer.from('{"id": 7}\n');
    await clickhouse.insert('raw.of_sink', { columns: ['id'], format: 'JSONEachRow', body: row });
    expect(await clickhouse.query('SELECT id FROM raw.of_sink WHERE id = 7')).toEqual([{ id: '7' }]);
  });
  await expect(
    as('ebb_ledger', (clickhouse) =>
      clickhouse.insert('ops.sink_progress', { columns: ['lane'], format: 'JSONEachRow', body: Buffer.from('{}') }),
    ),
  ).rejects.toThrow('Not enough privileges');
});
