import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generateWriteKey, ROLE_NAMES, type RoleName } from '@ebb/postgres';
import { z } from 'zod';
import { StackError } from './errors.ts';
import type { StackHome } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const secrets = z.object({
  superuserPassword: z.string().min(1),
  rolePasswords: z.record(z.enum(ROLE_NAMES), z.string().min(1)),
  /** Text of the write key "default". */
  writeKey: z.string().min(1),
});
export interface Secrets {
  superuserPassword: string;
  rolePasswords: Record<RoleName, string>;
  writeKey: string;
}

export function readSecrets(home: StackHome): Secrets | null {
  return readJsonFile(home.secretsFile, secrets);
}

/** Made once per stack. Lost while the database they open is still there, nothing but a fresh start helps. */
export function ensureSecrets(home: StackHome): Secrets {
  const known = readSecrets(home);
  if (known !== null) return known;
  if (existsSync(join(home.postgres, 'PG_VERSION'))) {
    throw new StackError(
      'SECRETS_LOST',
      `${home.secretsFile} is missing or damaged, and the database in ${home.postgres} cannot be opened without it: ` +
        `restore the file, or delete ${home.root} to start empty`,
    );
  }
  const made: Secrets = {
    superuserPassword: password(),
    rolePasswords: Object.fromEntries(ROLE_NAMES.map((role) => [role, password()])) as Record<RoleName, string>,
    writeKey: generateWriteKey(),
  };
  writeJsonFile(home.secretsFile, made);
  return made;
}

function password(): string {
  return randomBytes(24).toString('base64url');
}
