import { connectClient } from './pool.ts';
import { quoteIdentifier } from './transaction.ts';

/** A database of its own in the same server, for a program that brings its own tables; made when it is not there. */
export async function ensureDatabase(options: { url: string; name: string; owner: string }): Promise<'made' | 'kept'> {
  const client = await connectClient({ url: options.url, applicationName: 'ebb-database' });
  const name = quoteIdentifier(options.name);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [options.name]);
    if (rowCount !== 0) return 'kept';
    await client.query(`CREATE DATABASE ${name} OWNER ${quoteIdentifier(options.owner)}`);
    // Everybody may connect to a new database, unless told otherwise.
    await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    return 'made';
  } finally {
    await client.end();
  }
}
