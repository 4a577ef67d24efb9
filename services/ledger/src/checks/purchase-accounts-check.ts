import { acceptPurchaseMessage, type AcceptedPurchaseEvent } from '@ebb/contracts';
import { formatMoney } from '@ebb/core';
import { type KeyedMessage, readRanges } from '@ebb/kafka';
import { checksumOf } from '../canonical/row-hash.ts';
import { type Stores, WorkMeter } from '../compare/engines.ts';
import { add, EMPTY_TOTALS, isSameTotals, type Totals } from '../compare/row-set.ts';
import { loadPolicies } from '../hops/topic-truth.ts';
import type { NewFinding } from '../store/findings-store.ts';
import { type AccountGroup, groupAccounts, type GroupRotation, inParts } from './account-groups.ts';
import { type Account, accountRow, type AccountsOutcome, HOP, totalsOf } from './accounts.ts';

export const ORDER_EVENTS = 'sales.order_status_history';

/**
 * Purchase events: what the aggregator says it stored against what is stored, content included. Counts the whole history,
 * part by part; with a `rotation` one part of it, as much in each call however long the history is.
 */
export async function checkPurchaseAccounts(
  stores: Stores,
  topic: string,
  rotation?: GroupRotation,
): Promise<AccountsOutcome> {
  const meter = new WorkMeter();
  const { accounts, minuteMs } = await meter.measure(() => readAccounts(stores, topic));
  const groups = groupAccounts(accounts);
  const parts = rotation === undefined ? inParts(groups) : [rotation.next(groups, minuteMs)];
  const findings: NewFinding[] = [];
  let rows = 0;
  for (const part of parts) {
    const stored = await meter.measure(() => countStored(stores, topic, part));
    rows += stored.reduce((sum, one) => sum + one.stored.rows, 0);
    const wrong = part.filter((group, index) => {
      const counted = stored[index];
      const isRight = counted !== undefined && isSameTotals(counted.stored, counted.said);
      if (isRight) rotation?.foundRight(group);
      return !isRight;
    });
    if (wrong.length > 0) findings.push(...(await meter.measure(() => differingPurchases(stores, topic, wrong))));
  }
  return { findings, seconds: meter.seconds, rows };
}

async function readAccounts({ pool }: Stores, topic: string): Promise<{ accounts: Account[]; minuteMs: number }> {
  const { rows } = await pool.query<{ running: Date }>(
    `SELECT *, date_trunc('minute', now()) AS running FROM ops.batch_ledger WHERE topic = $1`,
    [topic],
  );
  return { accounts: rows.map((row) => accountRow.parse(row)), minuteMs: rows[0]?.running.getTime() ?? 0 };
}

/** What the accounts of each group say and what is stored, of one snapshot: accounts of the running minute grow. */
async function countStored(
  { pool }: Stores,
  topic: string,
  groups: readonly AccountGroup[],
): Promise<{ said: Totals; stored: Totals }[]> {
  const { rows } = await pool.query<Record<'said_rows' | 'said_sum' | 'rows' | 'sum', string | null>>(
    `WITH accounts AS MATERIALIZED (SELECT partition, from_offset, new, checksum FROM ops.batch_ledger WHERE topic = $1)
     SELECT said.rows::text AS said_rows, said.sum::text AS said_sum, stored.rows::text, stored.sum::text
     FROM ${groupsFrom(2)}
     CROSS JOIN LATERAL (SELECT sum(a.new) AS rows, sum(a.checksum) AS sum FROM accounts a
       WHERE a.partition = g.partition AND a.from_offset >= g.first AND a.from_offset < g.until) said
     CROSS JOIN LATERAL (SELECT count(*) AS rows, sum(ops.purchase_checksum(h)) AS sum
       FROM sales.order_status_history h
       WHERE h._partition = g.partition AND h._offset >= g.first AND h._offset < g.until) stored
     ORDER BY g.n`,
    [topic, ...groupColumns(groups)],
  );
  return rows.map((row) => ({
    said: { rows: Number(row.said_rows), checksum: checksumOf(row.said_sum) },
    stored: { rows: Number(row.rows), checksum: checksumOf(row.sum) },
  }));
}

/** The groups as a table; `groupColumns` are its parameters, the first of which is `$first`. */
function groupsFrom(first: number): string {
  return `unnest($${first}::integer[], $${first + 1}::bigint[], $${first + 2}::bigint[])
    WITH ORDINALITY AS g (partition, first, until, n)`;
}

function groupColumns(groups: readonly AccountGroup[]): [number[], bigint[], bigint[]] {
  return [groups.map(({ partition }) => partition), groups.map(({ from }) => from), groups.map(({ until }) => until)];
}

interface StoredEvent {
  readonly key: readonly string[];
  readonly partition: number;
  readonly offset: number;
  readonly checksum: bigint;
}

/** Finds the minutes whose rows are not those accounted for, and compares their messages with what is stored. */
async function differingPurchases(
  stores: Stores,
  topic: string,
  groups: readonly AccountGroup[],
): Promise<NewFinding[]> {
  const accounts = await accountsOf(stores, topic, groups);
  const stored = await storedPurchases(stores, groups);
  const findings: NewFinding[] = [];
  for (const account of accounts) {
    const within = stored.filter(
      ({ partition, offset }) =>
        partition === account.partition && offset >= account.from_offset && offset < account.to_offset,
    );
    const totals = within.reduce((sum, { checksum }) => add(sum, { rows: 1, checksum }), EMPTY_TOTALS);
    if (!isSameTotals(totals, totalsOf(account))) findings.push(...(await comparePurchases(stores, account, within)));
  }
  return findings;
}

async function accountsOf({ pool }: Stores, topic: string, groups: readonly AccountGroup[]): Promise<Account[]> {
  const { rows } = await pool.query(
    `SELECT b.* FROM ops.batch_ledger b
     JOIN ${groupsFrom(2)} ON b.partition = g.partition AND b.from_offset >= g.first AND b.from_offset < g.until
     WHERE b.topic = $1`,
    [topic, ...groupColumns(groups)],
  );
  return rows.map((row) => accountRow.parse(row));
}

async function storedPurchases({ pool }: Stores, groups: readonly AccountGroup[]): Promise<StoredEvent[]> {
  const { rows } = await pool.query<Record<string, string>>(
    `SELECT source, order_id, event_id, _partition::text AS partition, _offset::text AS "offset",
       ops.purchase_checksum(h)::text AS checksum
     FROM sales.order_status_history h
     JOIN ${groupsFrom(1)} ON h._partition = g.partition AND h._offset >= g.first AND h._offset < g.until`,
    groupColumns(groups),
  );
  return rows.map((row) => ({
    key: [row['source'] ?? '', row['order_id'] ?? '', row['event_id'] ?? ''],
    partition: Number(row['partition']),
    offset: Number(row['offset']),
    checksum: checksumOf(row['checksum'] ?? '0'),
  }));
}

async function comparePurchases(
  stores: Stores,
  account: Account,
  stored: readonly StoredEvent[],
): Promise<NewFinding[]> {
  const expected = await expectedPurchases(stores, account);
  const found = new Map(stored.map((event) => [JSON.stringify(event.key), event]));
  const wanted = new Map(expected.map((event) => [JSON.stringify(event.key), event]));
  const elsewhere = await storedElsewhere(
    stores,
    expected.filter(({ key }) => !found.has(JSON.stringify(key))),
  );
  const findings: NewFinding[] = [];
  for (const [name, event] of wanted) {
    const there = found.get(name);
    if (there === undefined && elsewhere.has(name)) continue;
    if (there === undefined) findings.push(purchaseFinding(event, 'missing'));
    else if (there.checksum !== event.checksum || there.offset !== event.offset) {
      findings.push(purchaseFinding(event, 'altered'));
    }
  }
  for (const [name, event] of found) if (!wanted.has(name)) findings.push(purchaseFinding(event, 'extra'));
  return findings;
}

/** Repeated events are stored at the offset of their first message, which another minute accounts for. */
async function storedElsewhere({ pool }: Stores, events: readonly StoredEvent[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const { rows } = await pool.query<{ source: string; order_id: string; event_id: string }>(
    `SELECT h.source, h.order_id, h.event_id FROM sales.order_status_history h
     JOIN unnest($1::text[], $2::text[], $3::text[]) k (source, order_id, event_id)
       ON (h.source, h.order_id, h.event_id) = (k.source, k.order_id, k.event_id)`,
    [0, 1, 2].map((part) => events.map(({ key }) => key[part] ?? '')),
  );
  return new Set(rows.map((row) => JSON.stringify([row.source, row.order_id, row.event_id])));
}

/** The first event of each identity in the account's messages. */
export async function expectedPurchases(
  { kafka, pool }: Stores,
  range: { topic: string; partition: number; from_offset: number; to_offset: number },
): Promise<(StoredEvent & { row: Record<string, unknown> })[]> {
  const book = await loadPolicies(pool);
  const events = new Map<string, { event: AcceptedPurchaseEvent; message: KeyedMessage }>();
  const offsets = { partition: range.partition, from: range.from_offset, to: range.to_offset };
  await readRanges(kafka, range.topic, [offsets], (message) => {
    const acceptance = acceptPurchaseMessage(message, book);
    if (acceptance.kind === 'dead') return;
    const { source, orderId, eventId } = acceptance.event;
    const name = JSON.stringify([source, orderId, eventId]);
    if (!events.has(name)) events.set(name, { event: acceptance.event, message });
  });
  const rows = [...events.values()].map(({ event, message }) => purchaseRowOf(event, message));
  const { rows: hashed } = await pool.query<{ checksum: string }>(
    `SELECT ops.purchase_checksum(jsonb_populate_record(NULL::sales.order_status_history, m.row))::text AS checksum
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS m (row, n) ORDER BY n`,
    [JSON.stringify(rows)],
  );
  return [...events.values()].map(({ event, message }, index) => ({
    key: [event.source, event.orderId, event.eventId],
    partition: message.partition,
    offset: message.offset,
    checksum: checksumOf(hashed[index]?.checksum ?? '0'),
    row: rows[index] ?? {},
  }));
}

/** The row of sales.order_status_history that an accepted message makes. */
export function purchaseRowOf(event: AcceptedPurchaseEvent, at: KeyedMessage): Record<string, unknown> {
  return {
    source: event.source,
    order_id: event.orderId,
    event_id: event.eventId,
    kind: event.kind,
    order_status: event.status,
    status_rank: event.statusRank,
    status_time: new Date(event.statusTimeMs).toISOString(),
    purchase_time: new Date(event.purchaseTimeMs).toISOString(),
    currency: event.currency,
    total_amount: formatMoney(event.totalAmount),
    document: JSON.parse(event.document),
    schema_version: event.schemaVersion,
    _partition: at.partition,
    _offset: at.offset,
    _kafka_time: new Date(at.timestampMs).toISOString(),
  };
}

function purchaseFinding({ key, partition, offset }: StoredEvent, kind: 'missing' | 'extra' | 'altered'): NewFinding {
  const [source = '', orderId = '', eventId = ''] = key;
  return {
    table: ORDER_EVENTS,
    key: { source, order_id: orderId, event_id: eventId },
    kind,
    store: 'postgres',
    hop: HOP,
    evidence: { partition, offset, found_by: 'accounts' },
  };
}
