import { toError } from '@ebb/core';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Pool, PoolClient } from './pool.ts';

export interface TransactionOptions {
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readOnly?: boolean;
}

/** Runs `fn` in one transaction on one connection; commits its result, rolls back whatever it throws. */
export async function withTransaction<T>(
  pool: Pool,
  fn: (client: PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(beginStatement(options));
    const result = await fn(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken = await rollBack(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

function beginStatement(options: TransactionOptions): string {
  const isolation = options.isolation ? ` ISOLATION LEVEL ${options.isolation.toUpperCase()}` : '';
  return `BEGIN${isolation}${options.readOnly ? ' READ ONLY' : ''}`;
}

/** The failure that makes the connection unusable, if rolling back fails. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return toError(error);
  }
}

/** Quotes a name for SQL text, where no parameter is possible. */
export function quoteIdentifier(name: string): string {
  return escapeIdentifier(name);
}

export function quoteLiteral(value: string): string {
  return escapeLiteral(value);
}
