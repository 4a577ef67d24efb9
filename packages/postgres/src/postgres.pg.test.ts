import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPostgres, type TestPostgres } from '@ebb/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTransient } from './errors.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';
import { provisionRoles, ROLE_NAMES, type RoleName } from './roles.ts';
import { withTransaction } from './transaction.ts';
import { activeWriteKeys, createWriteKey, hashWriteKey, listWriteKeys, revokeWriteKey } from './write-keys.ts';

let database: TestPostgres;
beforeEach(async () => {
  database = await testPostgres();
});

describe('migrate', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ebb-sql-'));
    // A database of its own content: what the template applied is another story than this folder's.
    await database.pool.query('DELETE FROM ops.migrations');
  });
  afterEach(() => rm(directory, { recursive: true }));

  const run = (timezone = 'UTC', rawRetentionDays = 400): Promise<{ applied: string[] }> =>
    migrate({ url: database.url, directory, businessTimezone: timezone, rawRetentionDays });

  it('applies each file once, in order', async () => {
    await writeFile(join(directory, '0002_b.sql'), 'INSERT INTO public.t VALUES (2)');
    await writeFile(join(directory, '0001_a.sql'), 'CREATE TABLE public.t (n integer)');
    expect((await run()).applied).toEqual(['0001_a.sql', '0002_b.sql']);
    expect((await run()).applied).toEqual([]);
    expect((await database.pool.query('SELECT n FROM public.t')).rows).toEqual([{ n: 2 }]);
  });

  it('refuses a file that changed after it was applied', async () => {
    await writeFile(join(directory, '0001_a.sql'), 'SELECT 1');
    await run();
    await writeFile(join(directory, '0001_a.sql'), 'SELECT 2');
    await expect(run()).rejects.toThrow(/0001_a.sql was applied with another content/);
  });

  it('leaves nothing of a file that fails', async () => {
    await writeFile(join(directory, '0001_a.sql'), 'CREATE TABLE public.half (n integer); SELECT 1/0');
    await expect(run()).rejects.toThrow(/0001_a.sql: division by zero/);
    expect((await database.pool.query(`SELECT to_regclass('public.half') AS name`)).rows).toEqual([{ name: null }]);
  });

  it('refuses a badly named file and another business time zone', async () => {
    await expect(run('Europe/Berlin')).rejects.toThrow(/created with "UTC"/);
    await writeFile(join(directory, 'x.sql'), 'SELECT 1');
    await expect(run()).rejects.toThrow(/"x.sql" must be named/);
  });

  it('turns a changed retention into a new policy version, once', async () => {
    await run('UTC', 30);
    await run('UTC', 30);
    const { rows } = await database.pool.query('SELECT version, raw_retention_days FROM ops.policies ORDER BY version');
    expect(rows).toEqual([
      { version: 1, raw_retention_days: 400 },
      { version: 2, raw_retention_days: 30 },
    ]);
  });

  it('lets two migrators of one database take turns', async () => {
    await writeFile(join(directory, '0001_a.sql'), 'CREATE TABLE public.once (n integer)');
    const both = await Promise.all([run(), run()]);
    expect(both.flatMap((outcome) => outcome.applied)).toEqual(['0001_a.sql']);
  });
});

describe('withTransaction', () => {
  it('rolls back what fails and gives the connection back', async () => {
    await database.pool.query('CREATE TABLE public.t (n integer)');
    const failing = withTransaction(database.pool, async (client) => {
      await client.query('INSERT INTO public.t VALUES (1)');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await database.pool.query('SELECT * FROM public.t')).rows).toEqual([]);
    expect(database.pool.idleCount).toBe(database.pool.totalCount);
  });

  it('refuses writes when read-only', async () => {
    const writing = withTransaction(database.pool, (client) => client.query('CREATE TABLE public.t (n integer)'), {
      readOnly: true,
    });
    await expect(writing).rejects.toThrow(/read-only/);
  });
});

describe('the pool', () => {
  it('survives a server that ends its connections, and calls that transient', async () => {
    const pool = createPool({ url: database.url, applicationName: 'victim', max: 1 });
    const running = pool.query('SELECT pg_sleep(30)').catch((error: unknown) => error);
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim' AND state = 'active'`;
    await expect.poll(async () => (await database.pool.query(kill)).rowCount).toBe(1);
    expect(isTransient(await running)).toBe(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('hands out amounts, big integers and dates as text', async () => {
    const { rows } = await database.pool.query(
      `SELECT 99999999999999.9999::numeric(20,4) AS amount, 9007199254740993::bigint AS big, '2026-03-01'::date AS day`,
    );
    expect(rows).toEqual([{ amount: '99999999999999.9999', big: '9007199254740993', day: '2026-03-01' }]);
  });
});

describe('write keys', () => {
  it('stores a hash, finds active keys by it, and revokes by name', async () => {
    const { id, key } = await createWriteKey(database.pool, { name: 'shop', allowedOrigins: ['https://shop.example'] });
    expect((await activeWriteKeys(database.pool)).get(hashWriteKey(key))).toMatchObject({ id, source: 'shop' });
    const stored = await database.pool.query('SELECT to_jsonb(k)::text AS row FROM ops.write_keys k');
    expect(JSON.stringify(stored.rows)).not.toContain(key);
    await revokeWriteKey(database.pool, 'shop');
    expect((await activeWriteKeys(database.pool)).size).toBe(0);
    expect((await listWriteKeys(database.pool))[0]?.revokedAt).toBeInstanceOf(Date);
  });

  it('keeps a name unique among active keys and knows no key that is not there', async () => {
    await createWriteKey(database.pool, { name: 'shop' });
    await expect(createWriteKey(database.pool, { name: 'shop' })).rejects.toThrow(/write_keys_active_name/);
    await revokeWriteKey(database.pool, 'shop');
    await createWriteKey(database.pool, { name: 'shop' });
    await expect(revokeWriteKey(database.pool, 'nobody')).rejects.toThrow(/no write key "nobody"/);
  });
});

/** Statements a role must be able to run, and ones it must be refused. */
const PERMISSIONS: Record<RoleName, { may: string[]; mayNot: string[] }> = {
  ebb_airflow: {
    may: [
      'SELECT status, result, error FROM ops.job_runs',
      `SELECT ops.enqueue_job('files.load', '{}', 'one')`,
      'SELECT condition FROM ops.stream_conditions',
    ],
    mayNot: [
      `INSERT INTO ops.job_runs (kind, key) VALUES ('files.load', 'two')`,
      'DELETE FROM ops.job_runs',
      'SELECT 1 FROM ops.settings',
      'SELECT 1 FROM sales.orders',
      'SELECT 1 FROM ops.write_keys',
    ],
  },
  ebb_superset: { may: ['SELECT 1'], mayNot: ['SELECT 1 FROM sales.orders', 'SELECT 1 FROM ops.write_keys'] },
  ebb_collector: {
    may: ['SELECT key_hash FROM ops.write_keys', 'SELECT version FROM ops.policies'],
    mayNot: [
      'SELECT 1 FROM stream.web_events',
      `UPDATE ops.write_keys SET revoked_at = NULL`,
      'SELECT 1 FROM sales.orders',
    ],
  },
  ebb_aggregator: {
    may: ['SELECT 1 FROM stream.consumer_offsets', 'SELECT 1 FROM ops.policies'],
    mayNot: [
      'SELECT key_hash FROM ops.write_keys',
      'DROP TABLE stream.web_events',
      'CREATE TABLE stream.x (n integer)',
    ],
  },
  ebb_simulator: { may: ['SELECT 1'], mayNot: ['SELECT 1 FROM stream.web_events', 'SELECT 1 FROM ops.write_keys'] },
  ebb_connector: {
    may: [
      'SELECT 1 FROM sales.orders',
      'UPDATE ops.cdc_heartbeat SET beats = beats + 1',
      `INSERT INTO ops.cdc_signals VALUES ('1', 'x', null)`,
      'SELECT ops.detect_schema_drift()',
    ],
    mayNot: [
      'DELETE FROM sales.orders',
      'SELECT 1 FROM stream.web_events',
      'INSERT INTO ops.ddl_history DEFAULT VALUES',
    ],
  },
  ebb_sink: {
    may: ['SELECT 1 FROM ops.ddl_history', 'SELECT 1 FROM ops.cdc_epochs', 'SELECT 1 FROM ops.policies'],
    mayNot: ['SELECT 1 FROM sales.orders', 'SELECT ops.detect_schema_drift()'],
  },
  ebb_ledger: { may: ['SELECT 1'], mayNot: ['DELETE FROM sales.orders', 'SELECT 1 FROM ops.write_keys'] },
  ebb_loader: {
    may: ['SELECT 1 FROM ops.files', "SELECT nextval('ops.load_ids')"],
    mayNot: ['DELETE FROM ops.files', 'SELECT 1 FROM sales.orders'],
  },
  ebb_segmentation: {
    may: ['SELECT 1 FROM ops.models', `SELECT ops.enqueue_job('rfm_segments', '{}', 'one')`],
    mayNot: ['DELETE FROM ops.models', 'SELECT 1 FROM sales.orders', 'SELECT 1 FROM ops.write_keys'],
  },
  ebb_lake: {
    may: ['SELECT 1 FROM lake.iceberg_tables', `SELECT ops.enqueue_job('lake_publish', '{}', 'one')`],
    mayNot: ['CREATE TABLE lake.x (n integer)', 'DELETE FROM ops.job_runs', 'SELECT 1 FROM sales.orders'],
  },
  ebb_dashboard: {
    may: [
      'SELECT 1 FROM kpi.web_day',
      'SELECT 1 FROM kpi.order_minute',
      'SELECT value FROM ops.settings',
      'SELECT at, columns FROM ops.ddl_history',
      'SELECT custom_types FROM ops.policies',
    ],
    mayNot: [
      'SELECT command FROM ops.ddl_history',
      'DELETE FROM kpi.web_day_parts',
      "INSERT INTO stream.consumer_offsets VALUES ('x', 0, 0)",
    ],
  },
  ebb_reader: {
    may: ['SELECT 1 FROM sales.orders', 'SELECT 1 FROM kpi.order_day'],
    mayNot: ['SELECT 1 FROM ops.write_keys', 'TRUNCATE sales.orders'],
  },
};

describe('roles', () => {
  it.each(ROLE_NAMES)('%s may do its work and nothing else', async (role) => {
    for (const sql of PERMISSIONS[role].may) await expect(asRole(role, sql)).resolves.toBeUndefined();
    for (const sql of PERMISSIONS[role].mayNot) {
      await expect(asRole(role, sql)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('can log in once they have passwords', async () => {
    const password = 'p4ss-wörd\'"';
    const passwords = Object.fromEntries(ROLE_NAMES.map((role) => [role, password])) as Record<RoleName, string>;
    await provisionRoles(database.url, passwords);
    const url = new URL(database.url);
    url.username = 'ebb_reader';
    url.password = encodeURIComponent(password);
    const pool = createPool({ url: url.href, applicationName: 'reader', max: 1 });
    expect((await pool.query('SELECT current_user::text AS name')).rows).toEqual([{ name: 'ebb_reader' }]);
    await pool.end();
  });
});

/** Runs one statement as the role and undoes it. */
async function asRole(role: RoleName, sql: string): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL ROLE ${role}`);
    await client.query(sql);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
