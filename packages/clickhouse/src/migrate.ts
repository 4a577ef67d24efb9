import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '@ebb/core';
import { type Clickhouse, createClickhouse } from './clickhouse.ts';
import { ClickhouseError } from './errors.ts';
import { splitStatements } from './statements.ts';

export interface MigrateClickhouseOptions {
  /** A user that may create databases and tables. */
  url: string;
  /** Folder of `NNNN_name.sql` files, applied in the order of their numbers, each once. */
  directory: string;
  onProgress?: (name: string) => void;
}

interface Migration {
  name: string;
  statements: string[];
  checksum: string;
}

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;

/**
 * Applies what is new and records it in `ops.migrations`. ClickHouse has no transactions over DDL: a migration that
 * failed half way runs again from its start, so every statement must be repeatable (IF NOT EXISTS, OR REPLACE). Raises
 * MIGRATION_CHANGED where an applied file was edited: migrations are append-only.
 */
export async function migrateClickhouse(options: MigrateClickhouseOptions): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.directory);
  const clickhouse = createClickhouse({ url: options.url, applicationName: 'ebb-migrate' });
  try {
    const done = await appliedChecksums(clickhouse);
    const applied: string[] = [];
    for (const migration of migrations) {
      if (isApplied(migration, done)) continue;
      await apply(clickhouse, migration);
      options.onProgress?.(migration.name);
      applied.push(migration.name);
    }
    return { applied };
  } finally {
    await clickhouse.close();
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted();
  const bad = names.find((name) => !FILE_NAME.test(name));
  if (bad !== undefined) throw new ClickhouseError('MIGRATION_NAME', `migration "${bad}" must be named NNNN_name.sql`);
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(directory, name), 'utf8');
      const { statements, rest } = splitStatements(`${sql}\n;`);
      if (rest !== '') throw new ClickhouseError('MIGRATION_FAILED', `migration ${name}: a quote or comment is open`);
      return { name, statements, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function appliedChecksums(clickhouse: Clickhouse): Promise<Map<string, string>> {
  await clickhouse.command('CREATE DATABASE IF NOT EXISTS ops');
  await clickhouse.command(`CREATE TABLE IF NOT EXISTS ops.migrations
    (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
    ENGINE = ReplacingMergeTree(applied_at) ORDER BY name`);
  const rows = await clickhouse.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM ops.migrations FINAL',
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function isApplied(migration: Migration, done: Map<string, string>): boolean {
  const checksum = done.get(migration.name);
  if (checksum !== undefined && checksum !== migration.checksum) {
    throw new ClickhouseError(
      'MIGRATION_CHANGED',
      `migration ${migration.name} was applied with another content; restore the file and write a new migration`,
    );
  }
  return checksum !== undefined;
}

async function apply(clickhouse: Clickhouse, migration: Migration): Promise<void> {
  try {
    for (const statement of migration.statements) await clickhouse.command(statement);
    const row = { name: migration.name, checksum: migration.checksum };
    await clickhouse.insert('ops.migrations', {
      columns: ['name', 'checksum'],
      format: 'JSONEachRow',
      body: Buffer.from(JSON.stringify(row)),
    });
  } catch (error) {
    throw new ClickhouseError('MIGRATION_FAILED', `migration ${migration.name}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
