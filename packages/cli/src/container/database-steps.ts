import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envInteger, envText, loadConfig, option, postgresOptions } from '@ebb/config';
import { EbbError, retry } from '@ebb/core';
import {
  createPool,
  createWriteKey,
  ensureDatabase,
  hashWriteKey,
  isTransient,
  listWriteKeys,
  migrate,
  type Pool,
  provisionRoles,
  revokeWriteKey,
  ROLE_NAMES,
  type RoleName,
} from '@ebb/postgres';
import type { ContainerErrorCode } from './errors.ts';
import { AIRFLOW_DATABASE, SUPERSET_DATABASE } from './provision-secrets.ts';
import type { Step } from './step.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../../sql/postgres', import.meta.url));
const WAIT_FOR_POSTGRES = { attempts: 8, initialDelayMs: 250, maxDelayMs: 4_000 };
const DEMO_KEY_NAME = 'demo';
/** Of programs that keep their own state in the same server. */
const OWN_DATABASES = [
  { name: AIRFLOW_DATABASE, owner: 'ebb_airflow' },
  { name: SUPERSET_DATABASE, owner: 'ebb_superset' },
] as const;

const migrateOptions = {
  ...postgresOptions,
  rolePasswords: option('EBB_ROLE_PASSWORDS_DIR', envText(), { description: 'folder with a password file per role' }),
  businessTimezone: option('EBB_BUSINESS_TIMEZONE', envText(), { description: 'zone of days', default: 'UTC' }),
  rawRetentionDays: option('EBB_RAW_RETENTION_DAYS', envInteger({ min: 1, max: 36_500 }), {
    description: 'days raw events are kept',
    default: '400',
  }),
};

export const migrateStep: Step = async (env, print) => {
  const config = loadConfig(migrateOptions, env);
  const { applied } = await whenReachable(() =>
    migrate({
      url: config.postgresUrl,
      directory: MIGRATIONS,
      businessTimezone: config.businessTimezone,
      rawRetentionDays: config.rawRetentionDays,
    }),
  );
  print(applied.length === 0 ? 'migrate: up to date' : `migrate: applied ${applied.join(', ')}`);
  await provisionRoles(config.postgresUrl, await readPasswords(config.rolePasswords));
  print(`migrate: ${ROLE_NAMES.length} roles may log in`);
  for (const { name, owner } of OWN_DATABASES) {
    print(`migrate: database "${name}" ${await ensureDatabase({ url: config.postgresUrl, name, owner })}`);
  }
};

async function readPasswords(folder: string): Promise<Record<RoleName, string>> {
  const entries = await Promise.all(
    ROLE_NAMES.map(async (role) => [role, (await readFile(join(folder, role), 'utf8')).trimEnd()]),
  );
  return Object.fromEntries(entries) as Record<RoleName, string>;
}

const writeKeyOptions = {
  ...postgresOptions,
  writeKey: option('EBB_WRITE_KEY', envText(), { description: 'key of the demo shop', secret: true }),
};

export const writeKeyStep: Step = async (env, print) => {
  const config = loadConfig(writeKeyOptions, env);
  const pool = createPool({ url: config.postgresUrl, applicationName: 'ebb-write-key', max: 1 });
  try {
    print(`write-key: "${DEMO_KEY_NAME}" ${await registerDemoKey(pool, config.writeKey)}`);
  } finally {
    await pool.end();
  }
};

/** A key that was registered before stays as it is, revoked or not: a person's revocation survives a restart. */
async function registerDemoKey(pool: Pool, key: string): Promise<'kept' | 'created'> {
  const { rowCount } = await pool.query('SELECT 1 FROM ops.write_keys WHERE key_hash = $1', [hashWriteKey(key)]);
  if (rowCount !== 0) return 'kept';
  // The same name with another key: the secrets were made anew, so nobody holds the old key any more.
  const active = (await listWriteKeys(pool)).find((known) => known.name === DEMO_KEY_NAME && known.revokedAt === null);
  if (active !== undefined) await revokeWriteKey(pool, active.id);
  await createWriteKey(pool, { name: DEMO_KEY_NAME, source: 'shop', allowedOrigins: ['*'] }, key);
  return 'created';
}

async function whenReachable<T>(fn: () => Promise<T>): Promise<T> {
  try {
    return await retry(fn, WAIT_FOR_POSTGRES, { isRetryable: isTransient });
  } catch (error) {
    if (!isWrongPassword(error)) throw error;
    throw new EbbError<ContainerErrorCode>(
      'SECRETS_MISMATCH',
      'Postgres refuses the generated password: its volume is older than the volume of the secrets. ' +
        'Restore the secrets, or start anew with "docker compose down --volumes"',
      { cause: error },
    );
  }
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '28P01';
}
