import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CLICKHOUSE_LOGIN_NAMES, type ClickhouseLogin } from '@ebb/clickhouse';
import type { ObjectStoreLogin } from '@ebb/local-stack';
import { generateWriteKey, ROLE_NAMES, type RoleName } from '@ebb/postgres';
import { z } from 'zod';
import { StackError } from './errors.ts';
import type { StackHome } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const password = z.string().min(1);
const objectStoreLogin = z.object({ accessKey: password, secretKey: password });
const airflowSecrets = z.object({
  adminPassword: password,
  /** 32 bytes, base64url with padding: what Airflow encrypts stored connections with. */
  fernetKey: password,
  apiSecret: password,
  jwtSecret: password,
});
const supersetSecrets = z.object({
  adminPassword: password,
  viewerPassword: password,
  /** Signs sessions and encrypts the passwords of the databases in Superset's own. */
  secretKey: password,
});
export type SupersetSecrets = z.infer<typeof supersetSecrets>;
export type AirflowSecrets = z.infer<typeof airflowSecrets>;
const secrets = z.object({
  superuserPassword: password,
  rolePasswords: z.record(z.enum(ROLE_NAMES), password),
  clickhousePasswords: z.record(z.enum(CLICKHOUSE_LOGIN_NAMES), password),
  objectStore: objectStoreLogin,
  airflow: airflowSecrets,
  superset: supersetSecrets,
  /** Text of the write key "default". */
  writeKey: password,
});
export interface Secrets {
  superuserPassword: string;
  rolePasswords: Record<RoleName, string>;
  clickhousePasswords: Record<ClickhouseLogin, string>;
  objectStore: ObjectStoreLogin;
  airflow: AirflowSecrets;
  superset: SupersetSecrets;
  writeKey: string;
}

/** What the first version wrote; logins that came later may be missing. */
const storedSecrets = z.object({
  superuserPassword: password,
  rolePasswords: z.record(z.string(), password),
  clickhousePasswords: z.record(z.string(), password).default({}),
  objectStore: objectStoreLogin.optional(),
  airflow: airflowSecrets.optional(),
  superset: supersetSecrets.optional(),
  writeKey: password,
});

/** Null when the file is missing, damaged, or of a version that lacks logins: `ensureSecrets` completes that one. */
export function readSecrets(home: StackHome): Secrets | null {
  return readJsonFile(home.secretsFile, secrets);
}

/**
 * Made once per stack; a file of an earlier version gets the logins it lacks. Lost while the database they open is
 * still there, nothing but a fresh start helps.
 */
export function ensureSecrets(home: StackHome): Secrets {
  const known = readSecrets(home);
  if (known !== null) return known;
  const stored = readJsonFile(home.secretsFile, storedSecrets);
  if (stored === null && existsSync(join(home.postgres, 'PG_VERSION'))) {
    throw new StackError(
      'SECRETS_LOST',
      `${home.secretsFile} is missing or damaged, and the database in ${home.postgres} cannot be opened without it: ` +
        `restore the file, or delete ${home.root} to start empty`,
    );
  }
  const made: Secrets = {
    superuserPassword: stored?.superuserPassword ?? newPassword(),
    rolePasswords: passwords(ROLE_NAMES, stored?.rolePasswords),
    clickhousePasswords: passwords(CLICKHOUSE_LOGIN_NAMES, stored?.clickhousePasswords),
    objectStore: stored?.objectStore ?? newObjectStoreLogin(),
    airflow: stored?.airflow ?? newAirflowSecrets(),
    superset: stored?.superset ?? newSupersetSecrets(),
    writeKey: stored?.writeKey ?? generateWriteKey(),
  };
  writeJsonFile(home.secretsFile, made);
  return made;
}

/** New passwords for all logins but the superuser's, which the data holds; the write key stays, its clients know it. */
export function renewLogins(home: StackHome): void {
  const stored = readJsonFile(home.secretsFile, storedSecrets);
  if (stored === null) return;
  writeJsonFile(home.secretsFile, {
    ...stored,
    rolePasswords: passwords(ROLE_NAMES),
    clickhousePasswords: passwords(CLICKHOUSE_LOGIN_NAMES),
    objectStore: newObjectStoreLogin(),
  });
}

function passwords<N extends string>(names: readonly N[], known: Record<string, string> = {}): Record<N, string> {
  return Object.fromEntries(names.map((name) => [name, known[name] ?? newPassword()])) as Record<N, string>;
}

function newObjectStoreLogin(): ObjectStoreLogin {
  return { accessKey: 'ebb', secretKey: newPassword() };
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

function newAirflowSecrets(): AirflowSecrets {
  return {
    adminPassword: newPassword(),
    fernetKey: `${randomBytes(32).toString('base64url')}=`,
    apiSecret: newPassword(),
    jwtSecret: randomBytes(64).toString('base64url'),
  };
}

function newSupersetSecrets(): SupersetSecrets {
  return {
    adminPassword: newPassword(),
    viewerPassword: newPassword(),
    secretKey: randomBytes(42).toString('base64url'),
  };
}
