import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { createPool, type Pool } from '@ebb/postgres';
import { runningPostgres } from '../../stack/connection.ts';
import { REPOSITORY, type StackHome } from '../../stack/home.ts';

const run = promisify(execFile);
const PYTHON = join(REPOSITORY, '.venv', 'superset', 'bin', 'python');

/** Puts into the queue what the worker's clock puts there at midnight. */
const SEND = `
from superset.tasks.celery_app import app
for name, entry in app.conf.beat_schedule.items():
    if name.startswith("prune"):
        print(app.send_task(entry["task"], kwargs=entry.get("kwargs")) and name)
`;

/** Names of the tasks that were sent. */
export async function pruneNow(home: StackHome): Promise<string[]> {
  const { secrets } = await runningPostgres(home);
  const { stdout } = await run(PYTHON, ['-c', SEND], {
    env: {
      ...hostEnvironment(),
      PYTHONPATH: join(REPOSITORY, 'superset'),
      PYTHONDONTWRITEBYTECODE: '1',
      SUPERSET_CONFIG_PATH: join(REPOSITORY, 'superset', 'superset_config.py'),
      SUPERSET_HOME: join(home.root, 'superset-worker'),
      EBB_SUPERSET_HOME: join(home.root, 'superset-worker'),
      EBB_SUPERSET_DATABASE_URL: await databaseUrl(home),
      EBB_SUPERSET_SECRET_KEY: secrets.superset.secretKey,
    },
  });
  return stdout.split('\n').filter((line) => line.startsWith('prune'));
}

/** What was looked at, and what was asked in SQL Lab, a day too long ago and a day less. */
export async function addOldAndYoung(home: StackHome): Promise<void> {
  await withSuperset(home, async (pool) => {
    await pool.query(`INSERT INTO logs (action, dttm)
      VALUES ('old', now() - interval '91 days'), ('young', now() - interval '89 days')`);
    await pool.query(`INSERT INTO query (client_id, database_id, sql, changed_on) SELECT name, min(id), 'SELECT 1', changed
      FROM dbs, (VALUES ('old', now() - interval '91 days'), ('young', now() - interval '89 days')) AS asked (name, changed)
      GROUP BY name, changed`);
  });
}

/** Which of them are still there. */
export async function leftOf(home: StackHome): Promise<string[]> {
  return withSuperset(home, async (pool) => {
    const { rows } = await pool.query<{
      name: string;
    }>(`SELECT 'log ' || action AS name FROM logs WHERE action IN ('old', 'young')
      UNION ALL SELECT 'query ' || client_id FROM query WHERE client_id IN ('old', 'young') ORDER BY name`);
    return rows.map(({ name }) => name);
  });
}

async function withSuperset<T>(home: StackHome, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ url: await databaseUrl(home), applicationName: 'ebb-test', max: 1 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

async function databaseUrl(home: StackHome): Promise<string> {
  const url = new URL((await runningPostgres(home)).url);
  url.pathname = '/superset';
  return url.href;
}
