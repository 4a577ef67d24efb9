import { type Client, connectClient, quoteIdentifier } from '@ebb/postgres';
import { eventually } from '../eventually.ts';

/**
 * Two races in which rows of one key are logged in one order and committed in the other, so that the LSN of the change
 * misleads. Postgres writes a row to the log before it looks into the unique indexes; an older unique index on another
 * column holds the writer there while a second transaction deletes the key's old row and commits.
 */
export const RACES = ['insert', 'change-key'] as const;
export type Race = (typeof RACES)[number];

export interface RaceTable {
  schema: string;
  name: string;
}

/** The gate's index must be older than the key's: Postgres checks them in the order they were made. */
export function raceTableStatements({ schema, name }: RaceTable): string[] {
  const table = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  return [
    `CREATE TABLE ${table} (id bigint NOT NULL, gate text, note text)`,
    `CREATE UNIQUE INDEX ON ${table} (gate)`,
    `ALTER TABLE ${table} ADD PRIMARY KEY (id)`,
  ];
}

export interface RaceReport {
  /** LSN before the row of the surviving version was logged, and after the delete that must not win. */
  loggedBefore: string;
  deletedAfter: string;
  /** The row that Postgres holds in the end. */
  survivor: { id: string; note: string };
}

/** Plays one race on key `id`; afterwards Postgres holds the key with the note "survivor". */
export async function playRace(url: string, table: RaceTable, race: Race, id: number): Promise<RaceReport> {
  const names = ['writer', 'deleter', 'gatekeeper'];
  const clients = await Promise.all(names.map((name) => connectClient({ url, applicationName: `ebb-race-${name}` })));
  const [writer, deleter, gatekeeper] = clients as [Client, Client, Client];
  const name = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
  const other = id + 1_000_000;
  try {
    await gatekeeper.query(`INSERT INTO ${name} VALUES (${id}, NULL, 'old')`);
    if (race === 'change-key') await gatekeeper.query(`INSERT INTO ${name} VALUES (${other}, NULL, 'other')`);
    const loggedBefore = await currentLsn(gatekeeper);
    await gatekeeper.query('BEGIN');
    await gatekeeper.query(`INSERT INTO ${name} VALUES (${id + 2_000_000}, 'gate ${id}', 'never')`);
    await writer.query('BEGIN');
    const write =
      race === 'insert'
        ? `INSERT INTO ${name} VALUES (${id}, 'gate ${id}', 'survivor')`
        : `UPDATE ${name} SET id = ${id}, gate = 'gate ${id}', note = 'survivor' WHERE id = ${other}`;
    const written = writer.query(write);
    await untilBlocked(gatekeeper, writer);
    await deleter.query(`DELETE FROM ${name} WHERE id = ${id}`);
    const deletedAfter = await currentLsn(deleter);
    await gatekeeper.query('ROLLBACK');
    await written;
    await writer.query('COMMIT');
    const { rows } = await deleter.query<{ id: string; note: string }>(`SELECT id, note FROM ${name} WHERE id = ${id}`);
    const survivor = rows[0];
    if (survivor === undefined) throw new Error(`race ${race} on ${name}: nothing survived`);
    return { loggedBefore, deletedAfter, survivor };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function currentLsn(client: Client): Promise<string> {
  const { rows } = await client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  return rows[0]?.lsn ?? '';
}

async function untilBlocked(watcher: Client, blocked: Client): Promise<void> {
  const sql = 'SELECT cardinality(pg_blocking_pids($1)) > 0 AS is_blocked';
  const pid = (blocked as Client & { processID: number }).processID;
  await eventually(async () => {
    const { rows } = await watcher.query<{ is_blocked: boolean }>(sql, [pid]);
    return rows[0]?.is_blocked === true;
  });
}
