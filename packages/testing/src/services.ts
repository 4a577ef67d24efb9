import { join } from 'node:path';
import { createPool, type Pool, type RoleName } from '@ebb/postgres';
import { inject } from 'vitest';
import { actingAs, databaseUrl } from './database-url.ts';
import { disposeAfterFile } from './disposal.ts';
import { madeOnce } from './made-once.ts';
import { uniqueName } from './names.ts';

export interface TestPostgres {
  /** Superuser URL of a freshly migrated database of its own. */
  url: string;
  pool: Pool;
  /** The same database with the permissions of a service's role. */
  roleUrl(role: RoleName): string;
  /** Drops the database; happens by itself after the file. */
  drop(): Promise<void>;
}

/** A new database, migrated, for this test alone. Only in `.pg`, `.kafka` and `.e2e` tests. */
export async function testPostgres(): Promise<TestPostgres> {
  const serverUrl = provided('ebbPostgresUrl');
  const database = uniqueName('ebb_test');
  await administer(serverUrl, `create database ${database} template ${provided('ebbPostgresTemplate')}`);
  const url = databaseUrl(serverUrl, database);
  const pool = createPool({ url, max: 4, applicationName: 'ebb-test' });
  let dropped: Promise<void> | null = null;
  const dropOnce = async (): Promise<void> => {
    await pool.end();
    await administer(serverUrl, `drop database if exists ${database} with (force)`);
  };
  const drop = (): Promise<void> => (dropped ??= dropOnce());
  disposeAfterFile(drop);
  return { url, pool, roleUrl: (role) => actingAs(url, role), drop };
}

/** The test broker. Topics and groups are the tests' own by `uniqueName`. Only in `.kafka` and `.e2e` tests. */
export function testKafka(): { brokers: string[] } {
  return { brokers: provided('ebbKafkaBrokers').split(',') };
}

/**
 * What is expensive and the same for several files of a run, made by the first of them that asks for it: a directory that `make` fills. Nobody
 * writes to it afterwards; it is gone after the run. Only in `.pg`, `.kafka` and `.e2e` tests.
 */
export function onceInRun(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  return madeOnce(join(provided('ebbSharedDirectory'), name), make);
}

function provided(key: 'ebbPostgresUrl' | 'ebbPostgresTemplate' | 'ebbSharedDirectory' | 'ebbKafkaBrokers'): string {
  const value = inject(key);
  if (value === undefined) {
    const suffix = key === 'ebbKafkaBrokers' ? '.kafka.test.ts or .e2e.test.ts' : '.pg.test.ts (or .kafka, .e2e)';
    throw new Error(`this test needs a server that its project does not start: name the file …${suffix}`);
  }
  return value;
}

async function administer(url: string, statement: string): Promise<void> {
  const pool = createPool({ url, max: 1, applicationName: 'ebb-test' });
  try {
    await pool.query(statement);
  } finally {
    await pool.end();
  }
}
