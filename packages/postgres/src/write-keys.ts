import { createHash, randomInt, randomUUID } from 'node:crypto';
import { EbbError } from '@ebb/core';
import type { PostgresErrorCode } from './errors.ts';
import type { Pool } from './pool.ts';

export interface NewWriteKey {
  name: string;
  /** Source stamped on events that name none. */
  source?: string;
  /** Browser origins that may use the key; `*` allows every one, an empty list none. */
  allowedOrigins?: string[];
  /** Sustained events per second, and how many may come at once. */
  ratePerSecond?: number;
  burst?: number;
}

export interface WriteKey {
  id: string;
  name: string;
  source: string;
  allowedOrigins: string[];
  ratePerSecond: number;
  burst: number;
  createdAt: Date;
  revokedAt: Date | null;
}

export const WRITE_KEY_PREFIX = 'ebb_wk_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;

export function generateWriteKey(): string {
  return WRITE_KEY_PREFIX + Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Hex SHA-256. Keys carry 190 random bits, so a plain hash cannot be searched; only it is stored. */
export function hashWriteKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Stores a new key and returns its text, which cannot be read back later. `key` lets a set-up choose the text. */
export async function createWriteKey(
  pool: Pool,
  input: NewWriteKey,
  key: string = generateWriteKey(),
): Promise<{ id: string; key: string }> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO ops.write_keys (id, name, key_hash, source, allowed_origins, rate_per_second, burst)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      input.name,
      hashWriteKey(key),
      input.source ?? 'shop',
      input.allowedOrigins ?? [],
      input.ratePerSecond ?? 10_000,
      input.burst ?? 20_000,
    ],
  );
  return { id, key };
}

interface WriteKeyRow {
  id: string;
  name: string;
  source: string;
  allowed_origins: string[];
  rate_per_second: number;
  burst: number;
  created_at: Date;
  revoked_at: Date | null;
  key_hash: string;
}

const COLUMNS = 'id, name, key_hash, source, allowed_origins, rate_per_second, burst, created_at, revoked_at';

export async function listWriteKeys(pool: Pool): Promise<WriteKey[]> {
  const { rows } = await pool.query<WriteKeyRow>(`SELECT ${COLUMNS} FROM ops.write_keys ORDER BY created_at, id`);
  return rows.map(toWriteKey);
}

/** The keys that are valid now, by the hex hash of their text. */
export async function activeWriteKeys(pool: Pool): Promise<Map<string, WriteKey>> {
  const { rows } = await pool.query<WriteKeyRow>(`SELECT ${COLUMNS} FROM ops.write_keys WHERE revoked_at IS NULL`);
  return new Map(rows.map((row) => [row.key_hash, toWriteKey(row)]));
}

/** Revokes by id or by unique name. Keys are never deleted: dead letters and receipts name them. */
export async function revokeWriteKey(pool: Pool, idOrName: string): Promise<WriteKey> {
  const { rows } = await pool.query<WriteKeyRow>(
    `UPDATE ops.write_keys SET revoked_at = coalesce(revoked_at, now())
     WHERE id::text = $1 OR (name = $1 AND revoked_at IS NULL) RETURNING ${COLUMNS}`,
    [idOrName],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new EbbError<PostgresErrorCode>('WRITE_KEY_UNKNOWN', `no write key "${idOrName}"; see "ebb keys list"`);
  }
  return toWriteKey(row);
}

function toWriteKey(row: WriteKeyRow): WriteKey {
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    allowedOrigins: row.allowed_origins,
    ratePerSecond: row.rate_per_second,
    burst: row.burst,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
