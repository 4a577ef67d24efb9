import type { Clickhouse } from '@ebb/clickhouse';
import type { KafkaHandle } from '@ebb/kafka';
import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { checksumOf } from '../canonical/row-hash.ts';
import type { Mismatch } from '../compare/compare.ts';
import { keyCondition, keyName } from '../compare/row-set.ts';
import type { CapturedTable } from '../compare/tables.ts';
import type { TableShape } from '../compare/table-shape.ts';
import { BY_LEDGER_PATTERN } from '../repair/in-place.ts';
import type { Hop, NewFinding } from '../store/findings-store.ts';
import { type ChangeMessage, lastMessages, readChange } from './change-messages.ts';
import { imageHashes } from './image-hash.ts';
import { positionName, readMessages } from './topic-truth.ts';

export interface CapturedHopDeps {
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  readonly kafka: KafkaHandle;
}

/** The last change of a key that the change log in ClickHouse holds. */
export interface LoggedChange {
  readonly hash: bigint;
  readonly version: bigint;
  readonly isDeleted: boolean;
  /** Negative where no message made it: the ledger did, repairing the row. */
  readonly partition: number;
  readonly offset: number;
}

/** Keys per question: the answer of one is a long way through a topic. */
export const MOST_JUDGED = 500;

/**
 * Names the hop that lost or changed each key: follows its last change from Postgres' row over the topic's last message
 * and the change log to the current state; the first of them that says something else is where it went wrong.
 */
export async function judgeCaptured(
  deps: CapturedHopDeps,
  table: CapturedTable,
  shape: TableShape,
  mismatches: readonly Mismatch[],
): Promise<NewFinding[]> {
  const judged = mismatches.slice(0, MOST_JUDGED);
  const keys = judged.map(({ key }) => key);
  const logged = await loggedChanges(deps.clickhouse, table, shape, keys);
  const wasMutated = await hasMutations(deps.clickhouse, table);
  const { messages, isComplete } = await laterMessages(deps.kafka, table, shape, { keys, logged });
  const images = await imagesOf(deps, table, shape, { logged, messages });
  return judged.map((mismatch) => {
    const name = keyName(mismatch.key);
    const signs: Signs = {
      row: mismatch.postgres?.hash ?? null,
      logged: logged.get(name) ?? null,
      message: messages.get(name) ?? null,
      image: images.get(name),
      wasMutated,
      isComplete,
    };
    return {
      table: table.name,
      key: Object.fromEntries(shape.keys.map(({ name: column }, index) => [column, mismatch.key[index] ?? ''])),
      kind: mismatch.clickhouse === null ? 'missing' : mismatch.postgres === null ? 'extra' : 'altered',
      store: 'clickhouse',
      hop: hopOf(signs),
      evidence: evidenceOf(mismatch, signs),
    };
  });
}

interface Signs {
  /** Hash of the row in Postgres; null where there is none. */
  readonly row: bigint | null;
  readonly logged: LoggedChange | null;
  /** A change the topic holds after the last logged one. */
  readonly message: ChangeMessage | null;
  /** Hash of what the topic last said; null for a delete, undefined where it cannot be told. */
  readonly image: bigint | null | undefined;
  readonly wasMutated: boolean;
  readonly isComplete: boolean;
}

export function hopOf({ row, logged, message, image, wasMutated, isComplete }: Signs): Hop | null {
  const inLog = logged === null ? undefined : logged.isDeleted ? null : logged.hash;
  // After a repair the topic's last message may be older than what was logged.
  if (logged !== null && !hasPosition(logged) && inLog === row) return 'clickhouse';
  if (message !== null) {
    if (image !== row) return 'postgres -> connector -> topic';
    return wasMutated ? 'clickhouse' : 'topic -> sink -> clickhouse';
  }
  if (logged !== null && inLog === row) return 'clickhouse';
  if (logged !== null) {
    if (image === undefined) return null;
    return image === row ? 'clickhouse' : 'postgres -> connector -> topic';
  }
  // Nothing was ever logged, and the topic knows nothing of it.
  if (row === null) return 'clickhouse';
  return isComplete ? 'postgres -> connector -> topic' : null;
}

function hasPosition({ partition }: LoggedChange): boolean {
  return partition >= 0;
}

function evidenceOf({ postgres, clickhouse }: Mismatch, { logged, message, image }: Signs): Record<string, unknown> {
  return {
    postgres: postgres === null ? null : String(postgres.hash),
    clickhouse: clickhouse === null ? null : String(clickhouse.hash),
    state: clickhouse?.position ?? null,
    topic: image === undefined ? 'unknown' : image === null ? 'deleted' : String(image),
    later_message: message === null ? null : { partition: message.partition, offset: message.offset, op: message.op },
    logged:
      logged === null
        ? null
        : {
            hash: logged.isDeleted ? 'deleted' : String(logged.hash),
            version: String(logged.version),
            partition: logged.partition,
            offset: logged.offset,
          },
  };
}

const loggedRow = z.record(z.string(), z.string());

export async function loggedChanges(
  clickhouse: Clickhouse,
  table: CapturedTable,
  shape: TableShape,
  keys: readonly (readonly string[])[],
): Promise<Map<string, LoggedChange>> {
  if (keys.length === 0) return new Map();
  const names = shape.keyTexts.map(({ clickhouse: text }, index) => `${text} AS k${index}`);
  const rows = await clickhouse.query(
    `SELECT ${names.join(', ')}, toString(argMax(${shape.hash.clickhouse}, ${shape.position.version})) AS hash,
       toString(max(${shape.position.version})) AS version, toString(argMax(_deleted, ${shape.position.version})) AS deleted,
       toString(argMax(${shape.position.partition}, ${shape.position.version})) AS at_partition, toString(argMax(${shape.position.offset}, ${shape.position.version})) AS at_offset
     FROM raw.\`${table.schema}_${table.table}_history\` WHERE ${keyCondition(shape, keys)}
     GROUP BY ${names.map((_, index) => `k${index}`).join(', ')}`,
  );
  return new Map(
    rows.map((raw) => {
      const row = loggedRow.parse(raw);
      const key = names.map((_, index) => row[`k${index}`] ?? '');
      return [
        keyName(key),
        {
          hash: checksumOf(row['hash'] ?? '0'),
          version: BigInt(row['version'] ?? 0),
          isDeleted: row['deleted'] === '1',
          partition: Number(row['at_partition']),
          offset: Number(row['at_offset']),
        },
      ];
    }),
  );
}

async function laterMessages(
  kafka: KafkaHandle,
  table: CapturedTable,
  shape: TableShape,
  { keys, logged }: { keys: readonly (readonly string[])[]; logged: ReadonlyMap<string, LoggedChange> },
): Promise<{ messages: Map<string, ChangeMessage>; isComplete: boolean }> {
  const from = new Map<number, number>();
  const isPlaced = (key: readonly string[]): boolean => {
    const last = logged.get(keyName(key));
    return last !== undefined && hasPosition(last);
  };
  if (keys.every(isPlaced)) {
    const partitions = new Set([...logged.values()].map(({ partition }) => partition));
    for (const partition of partitions) {
      const offsets = [...logged.values()].filter((one) => one.partition === partition).map(({ offset }) => offset);
      from.set(partition, Math.min(...offsets));
    }
  }
  const isEverywhere = from.size === 0;
  const columns = shape.keys.map(({ name }) => name);
  const found = await lastMessages(kafka, { topic: table.topic, columns }, keys, from);
  for (const [name, message] of found.messages) {
    const last = logged.get(name);
    if (last !== undefined && last.partition === message.partition && message.offset <= last.offset) {
      found.messages.delete(name);
    }
  }
  return { messages: found.messages, isComplete: isEverywhere && found.isComplete };
}

/** Hashes of what the topic last said of the keys: of a later message, else of the one that was logged last. */
async function imagesOf(
  { pool, kafka }: CapturedHopDeps,
  table: CapturedTable,
  shape: TableShape,
  { logged, messages }: { logged: ReadonlyMap<string, LoggedChange>; messages: ReadonlyMap<string, ChangeMessage> },
): Promise<Map<string, bigint | null>> {
  const unread = [...logged].filter(([name]) => !messages.has(name));
  const read = await readMessages(
    kafka,
    table.topic,
    unread.map(([, change]) => change),
  );
  const afters = new Map<string, Readonly<Record<string, unknown>> | null>();
  for (const [name, { after }] of messages) afters.set(name, after);
  for (const [name, change] of unread) {
    const message = readChange(read.get(positionName(change))?.value ?? null);
    if (message !== null) afters.set(name, message.after);
  }
  const rows = [...afters].flatMap(([name, after]) => (after === null ? [] : [{ name, after }]));
  const hashes = await imageHashes(
    pool,
    shape,
    rows.map(({ after }) => after),
  );
  const images = new Map<string, bigint | null>();
  for (const [name, after] of afters) if (after === null) images.set(name, null);
  for (const [index, { name }] of rows.entries()) {
    const hash = hashes[index] ?? null;
    if (hash !== null) images.set(name, hash);
  }
  return images;
}

/** Whether somebody changed or deleted rows in place. The sink only inserts, apart from old deleted rows. */
async function hasMutations(clickhouse: Clickhouse, { schema, table }: CapturedTable): Promise<boolean> {
  const rows = await clickhouse.query<{ mutations: string }>(
    `SELECT toString(count()) AS mutations FROM system.mutations WHERE database = 'raw' AND table = {log:String}
       AND command NOT LIKE '${BY_LEDGER_PATTERN}'`,
    { log: `${schema}_${table}_log` },
  );
  return Number(rows[0]?.mutations ?? 0) > 0;
}
