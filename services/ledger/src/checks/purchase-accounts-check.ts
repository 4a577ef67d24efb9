import { acceptPurchaseMessage, type AcceptedPurchaseEvent } from '@ebb/contracts';
import { formatMoney } from '@ebb/core';
import { type KeyedMessage, readRanges } from '@ebb/kafka';
import { checksumOf } from '../canonical/row-hash.ts';
import { type Stores, WorkMeter } from '../compare/engines.ts';
import { add, EMPTY_TOTALS, isSameTotals, type Totals } from '../compare/row-set.ts';
import { loadPolicies } from '../hops/topic-truth.ts';
import type { NewFinding } from '../store/findings-store.ts';
import { type Account, accountRow, type AccountsOutcome, HOP, totalsOf } from './accounts.ts';

export const ORDER_EVENTS = 'sales.order_status_history';

/** Purchase events: everything the aggregator says it stored against what is stored, content included. */
export async function checkPurchaseAccounts(stores: Stores, topic: string): Promise<AccountsOutcome> {
  const meter = new WorkMeter();
  const { accounts, stored } = await meter.measure(() => purchaseTotals(stores, topic));
  const rows = [...stored.values()].reduce((sum, totals) => sum + totals.rows, 0);
  const bad = [...accounts].filter(
    ([partition, totals]) => !isSameTotals(totals, stored.get(partition) ?? EMPTY_TOTALS),
  );
  if (bad.length === 0) return { findings: [], seconds: meter.seconds, rows };
  const findings = await meter.measure(() =>
    differingPurchases(
      stores,
      topic,
      bad.map(([partition]) => partition),
    ),
  );
  return { findings, seconds: meter.seconds, rows };
}

/** Totals by partition, of one snapshot, from where the accounts begin. */
async function purchaseTotals(
  { pool }: Stores,
  topic: string,
): Promise<{ accounts: Map<number, Totals>; stored: Map<number, Totals> }> {
  const { rows } = await pool.query<{ side: string; partition: number; rows: string; sum: string | null }>(
    `WITH accounts AS MATERIALIZED (SELECT * FROM ops.batch_ledger WHERE topic = $1),
       starts AS (SELECT partition, min(from_offset) AS start FROM accounts GROUP BY partition)
     SELECT 'account' AS side, partition, sum(new)::text AS rows, sum(checksum)::text AS sum FROM accounts GROUP BY 2
     UNION ALL
     SELECT 'stored', h._partition, count(*)::text, sum(ops.purchase_checksum(h))::text
     FROM sales.order_status_history h JOIN starts s ON s.partition = h._partition AND h._offset >= s.start
     GROUP BY 2`,
    [topic],
  );
  const of = (side: string): Map<number, Totals> =>
    new Map(
      rows
        .filter((row) => row.side === side)
        .map((row) => [row.partition, { rows: Number(row.rows), checksum: checksumOf(row.sum) }]),
    );
  return { accounts: of('account'), stored: of('stored') };
}

interface StoredEvent {
  readonly key: readonly string[];
  readonly partition: number;
  readonly offset: number;
  readonly checksum: bigint;
}

/** Finds the minutes whose rows are not those accounted for, and compares their messages with what is stored. */
async function differingPurchases(stores: Stores, topic: string, partitions: readonly number[]): Promise<NewFinding[]> {
  const { pool } = stores;
  const accounts = (
    await pool.query('SELECT * FROM ops.batch_ledger WHERE topic = $1 AND partition = ANY ($2)', [topic, partitions])
  ).rows.map((row) => accountRow.parse(row));
  const stored = await storedPurchases(stores, partitions);
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

async function storedPurchases({ pool }: Stores, partitions: readonly number[]): Promise<StoredEvent[]> {
  const { rows } = await pool.query<Record<string, string>>(
    `SELECT source, order_id, event_id, _partition::text AS partition, _offset::text AS "offset",
       ops.purchase_checksum(h)::text AS checksum
     FROM sales.order_status_history h WHERE _partition = ANY ($1)`,
    [partitions],
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
