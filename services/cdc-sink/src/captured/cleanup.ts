import { quoteClickhouseName as quote } from '@ebb/clickhouse';
import { rawName } from './ddl.ts';
import type { JournalTable } from './journal.ts';
import type { PartitionStand } from './types.ts';

/** Beyond what the topic keeps. */
const MIN_AGE_MS = 86_400_000;

/**
 * When a deleted row may be removed from the disk. While its message, or an older one of the same key, can be read again,
 * removing it would bring the row back; all of them are gone once the topic begins behind the deletion.
 */
function isExpired(stands: readonly PartitionStand[], nowMs: number): string {
  const gone = stands
    .filter(({ logStart, nextOffset }) => logStart > 0 && nextOffset >= logStart)
    .map(({ partition, logStart }) => `(_partition = ${partition} AND _offset < ${logStart})`);
  const old = `_kafka_time < fromUnixTimestamp64Milli(${nowMs - MIN_AGE_MS})`;
  return gone.length === 0 ? 'false' : `(${gone.join(' OR ')}) AND ${old}`;
}

export function expiredTombstones(table: JournalTable, stands: readonly PartitionStand[], nowMs: number): string {
  return `SELECT count() AS rows FROM ${rawName(table.stateTable)} WHERE _deleted = 1 AND ${isExpired(stands, nowMs)}`;
}

/**
 * First what such deletions replaced, and only when that is done, where nothing of it is left, the deletions themselves:
 * ClickHouse rewrites parts one after the other, and a reader in between must not see an old row without its deletion.
 */
export function removalOfReplaced(table: JournalTable, stands: readonly PartitionStand[], nowMs: number): string {
  const { name, key, list, candidates } = partsOf(table, stands, nowMs);
  const gone = `SELECT ${list} FROM ${name} WHERE ${key} IN (${candidates}) GROUP BY ${list} HAVING argMax(_deleted, _version) = 1`;
  return `ALTER TABLE ${name} DELETE WHERE _deleted = 0 AND ${key} IN (${gone})`;
}

export function removalOfTombstones(table: JournalTable, stands: readonly PartitionStand[], nowMs: number): string {
  const { name, key, list, candidates, tombstone } = partsOf(table, stands, nowMs);
  const left = `SELECT ${list} FROM ${name} WHERE _deleted = 0 AND ${key} IN (${candidates})`;
  return `ALTER TABLE ${name} DELETE WHERE ${tombstone} AND ${key} NOT IN (${left})`;
}

function partsOf(table: JournalTable, stands: readonly PartitionStand[], nowMs: number): StatementParts {
  const name = rawName(table.stateTable);
  const list = table.key.map(quote).join(', ');
  const tombstone = `_deleted = 1 AND ${isExpired(stands, nowMs)}`;
  return { name, list, key: `(${list})`, tombstone, candidates: `SELECT ${list} FROM ${name} WHERE ${tombstone}` };
}

interface StatementParts {
  readonly name: string;
  readonly list: string;
  readonly key: string;
  readonly tombstone: string;
  readonly candidates: string;
}
