import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EbbError, errorMessage } from '@ebb/core';
import type { PostgresErrorCode } from './errors.ts';
import { type Client, connectClient } from './pool.ts';

export interface MigrateOptions {
  /** Connection of the database's owner. */
  url: string;
  /** Folder of `NNNN_name.sql` files, applied in the order of their numbers, each once. */
  directory: string;
  /** IANA name; fixed by the first migration, a different one later is refused. */
  businessTimezone: string;
  /** Oldest event time that is accepted, in days before its arrival; a change becomes a new policy version. */
  rawRetentionDays: number;
  onApplied?: (name: string) => void;
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
/** Any constant will do: two migrators of one database must not run side by side. */
const LOCK_KEY = 4_212_001;

/**
 * Applies what is new, each file in a transaction of its own together with its row in `ops.migrations`. Raises
 * MIGRATION_CHANGED where an applied file was edited: migrations are append-only.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.directory);
  const client = await connectClient({ url: options.url, applicationName: 'ebb-migrate' });
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    const done = await appliedChecksums(client);
    const applied: string[] = [];
    for (const migration of migrations) {
      if (isApplied(migration, done)) continue;
      await apply(client, migration);
      options.onApplied?.(migration.name);
      applied.push(migration.name);
    }
    await fixBusinessTimezone(client, options.businessTimezone);
    await followRetention(client, options.rawRetentionDays);
    return { applied };
  } finally {
    await client.end();
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted();
  const bad = names.find((name) => !FILE_NAME.test(name));
  if (bad !== undefined) {
    throw new EbbError<PostgresErrorCode>('MIGRATION_NAME', `migration "${bad}" must be named NNNN_name.sql`);
  }
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(directory, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function appliedChecksums(client: Client): Promise<Map<string, string>> {
  await client.query('CREATE SCHEMA IF NOT EXISTS ops');
  await client.query(`CREATE TABLE IF NOT EXISTS ops.migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  const { rows } = await client.query<{ name: string; checksum: string }>('SELECT name, checksum FROM ops.migrations');
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function isApplied(migration: Migration, done: Map<string, string>): boolean {
  const checksum = done.get(migration.name);
  if (checksum !== undefined && checksum !== migration.checksum) {
    throw new EbbError<PostgresErrorCode>(
      'MIGRATION_CHANGED',
      `migration ${migration.name} was applied with another content; restore the file and write a new migration`,
    );
  }
  return checksum !== undefined;
}

async function apply(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await client.query('INSERT INTO ops.migrations (name, checksum) VALUES ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw new EbbError<PostgresErrorCode>('MIGRATION_FAILED', `migration ${migration.name}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** Days already counted in one zone cannot be recounted in another, so the first choice stays. */
async function fixBusinessTimezone(client: Client, timezone: string): Promise<void> {
  await client.query(
    `INSERT INTO ops.settings (key, value) VALUES ('business_timezone', $1) ON CONFLICT (key) DO NOTHING`,
    [timezone],
  );
  const { rows } = await client.query<{ value: string }>(
    `SELECT value FROM ops.settings WHERE key = 'business_timezone'`,
  );
  const fixed = rows[0]?.value;
  if (fixed !== timezone) {
    throw new EbbError<PostgresErrorCode>(
      'SETTING_CHANGED',
      `EBB_BUSINESS_TIMEZONE is "${timezone}", but this database was created with "${fixed}"; set it back to that`,
    );
  }
}

/** Versions are append-only: messages already stamped with an older one keep being judged by it. */
async function followRetention(client: Client, rawRetentionDays: number): Promise<void> {
  await client.query(
    `INSERT INTO ops.policies (version, raw_retention_days, custom_types, effective_from)
     SELECT version + 1, $1, custom_types, now()
     FROM (SELECT * FROM ops.policies ORDER BY version DESC LIMIT 1) latest
     WHERE raw_retention_days <> $1`,
    [rawRetentionDays],
  );
}
