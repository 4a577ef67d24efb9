import { testPostgres, uniqueName } from '@ebb/testing';
import { expect, test } from 'vitest';
import { ensureDatabase } from './ensure-database.ts';

test('a database of its own is made once, and is closed to the roles of others', async () => {
  const { pool, url } = await testPostgres();
  const name = uniqueName('ebb_own');
  try {
    expect(await ensureDatabase({ url, name, owner: 'ebb_airflow' })).toBe('made');
    expect(await ensureDatabase({ url, name, owner: 'ebb_airflow' })).toBe('kept');
    const { rows } = await pool.query(
      `SELECT has_database_privilege('ebb_airflow', $1, 'CONNECT') AS own, has_database_privilege('ebb_collector', $1, 'CONNECT') AS other`,
      [name],
    );
    expect(rows).toEqual([{ own: true, other: false }]);
  } finally {
    await pool.query(`DROP DATABASE IF EXISTS ${name}`);
  }
});
