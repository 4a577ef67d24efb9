import { generateWriteKey, hashWriteKey, listWriteKeys, revokeWriteKey } from '@ebb/postgres';
import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { migrateStep, writeKeyStep } from './database-steps.ts';

let database: TestPostgres;
beforeEach(async () => {
  database = await testPostgres();
});

describe('write-key step', () => {
  const key = generateWriteKey();

  async function run(writeKey: string): Promise<string> {
    const lines: string[] = [];
    await writeKeyStep({ EBB_POSTGRES_URL: database.url, EBB_WRITE_KEY: writeKey }, (line) => lines.push(line));
    return lines.join('\n');
  }

  const activeHashes = async (): Promise<string[]> => {
    const { rows } = await database.pool.query<{ key_hash: string }>(
      'SELECT key_hash FROM ops.write_keys WHERE revoked_at IS NULL',
    );
    return rows.map((row) => row.key_hash);
  };

  it('registers the key once and never prints it', async () => {
    expect(await run(key)).toBe('write-key: "demo" created');
    expect(await run(key)).toBe('write-key: "demo" kept');
    expect(await activeHashes()).toEqual([hashWriteKey(key)]);
  });

  it('leaves a key revoked that a person revoked', async () => {
    await run(key);
    await revokeWriteKey(database.pool, 'demo');
    expect(await run(key)).toBe('write-key: "demo" kept');
    expect(await activeHashes()).toEqual([]);
  });

  it('replaces a key whose text was lost with its volume', async () => {
    const next = generateWriteKey();
    await run(key);
    expect(await run(next)).toBe('write-key: "demo" created');
    expect(await activeHashes()).toEqual([hashWriteKey(next)]);
    expect(await listWriteKeys(database.pool)).toHaveLength(2);
  });
});

describe('migrate step', () => {
  it('explains a password that is not the one of the database', async () => {
    const url = new URL(database.url);
    url.password = 'another';
    const env = { EBB_POSTGRES_URL: url.href, EBB_ROLE_PASSWORDS_DIR: '/nowhere' };
    await expect(migrateStep(env, () => {})).rejects.toThrow(/older than the volume of the secrets/);
  });
});
