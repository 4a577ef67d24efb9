import { acceptPurchaseMessage, acceptWebMessage, type AcceptedPurchaseEvent, webEventDigest } from '@ebb/contracts';
import { formatMoney, must } from '@ebb/core';
import { type KeyedMessage, readRanges } from '@ebb/kafka';
import { z } from 'zod';
import { checksumOf } from '../canonical/row-hash.ts';
import { type Stores, WorkMeter } from '../compare/engines.ts';
import { add, EMPTY_TOTALS, isSameTotals, type Totals } from '../compare/row-set.ts';
import { WEB_EVENTS } from '../compare/tables.ts';
import { loadPolicies } from '../hops/topic-truth.ts';
import type { NewFinding } from '../store/findings-store.ts';

export const ORDER_EVENTS = 'sales.order_status_history';
const HOP = 'kafka -> aggregator -> postgres';

export interface AccountTopics {
  readonly website: string;
  readonly purchase: string;
}

export interface AccountsOutcome {
  readonly findings: readonly NewFinding[];
  readonly seconds: number;
  readonly rows: number;
}

const accountRow = z.object({
  topic: z.string(),
  partition: z.number(),
  minute: z.date(),
  from_offset: z.coerce.number(),
  to_offset: z.coerce.number(),
  messages: z.coerce.number(),
  new: z.coerce.number(),
  duplicate: z.coerce.number(),
  dead: z.coerce.number(),
  checksum: z.coerce.bigint(),
  jumps: z.coerce.number(),
});
type Account = z.output<typeof accountRow>;

/** Accounts whose figures do not add up, or that leave offsets out, among those of the last `minutes` minutes. */
export async function checkBalances({ pool, kafka }: Stores, minutes: number): Promise<NewFinding[]> {
  const { rows } = await pool.query(
    `SELECT * FROM (SELECT b.*, lag(to_offset) OVER (PARTITION BY topic, partition ORDER BY minute) AS before
       FROM ops.batch_ledger b) b
     WHERE minute > now() - make_interval(mins => $1) AND minute < date_trunc('minute', now())
       AND (messages <> new + duplicate + dead
         OR (jumps = 0 AND to_offset - from_offset <> messages)
         OR (jumps = 0 AND from_offset > before))`,
    [minutes],
  );
  const findings: NewFinding[] = [];
  for (const raw of rows) {
    const account = accountRow.parse(raw);
    const before = z.object({ before: z.coerce.number().nullable() }).parse(raw).before;
    const from = Math.min(account.from_offset, before ?? account.from_offset);
    const held = await countMessages(kafka, account, from);
    const isBalanced = account.messages === account.new + account.duplicate + account.dead;
    // Transactions and compaction leave holes in the offsets; what the log holds there is what had to be read.
    if (isBalanced && held <= account.messages) continue;
    findings.push(unaccounted(account, { from, held }));
  }
  return findings;
}

async function countMessages(kafka: Stores['kafka'], account: Account, from: number): Promise<number> {
  let count = 0;
  const range = { partition: account.partition, from, to: account.to_offset };
  await readRanges(kafka, account.topic, [range], () => {
    count += 1;
  });
  return count;
}

function unaccounted(account: Account, { from, held }: { from: number; held: number }): NewFinding {
  const { topic, partition, minute, messages, duplicate, dead } = account;
  return {
    table: 'ops.batch_ledger',
    key: { topic, partition: String(partition), minute: minute.toISOString() },
    kind: 'unaccounted',
    store: 'postgres',
    hop: HOP,
    evidence: { from, to: account.to_offset, held, messages, new: account.new, duplicate, dead },
  };
}

/**
 * Accounts of web events that were found right. A row that is stored stays, so counting it again each minute would find
 * nothing: only when a row was changed or deleted do all accounts count as new.
 */
export class SettledAccounts {
  #changes = '';
  #settled = new Map<string, Account>();

  /** Those of `accounts` that are not settled. `changes` is any text that changes with each row changed or deleted. */
  open(accounts: readonly Account[], changes: string): Account[] {
    const isKept = changes === this.#changes;
    this.#changes = changes;
    const kept = isKept ? accounts.filter((account) => this.#isSettled(account)) : [];
    this.#settled = new Map(kept.map((account) => [nameOf(account), account]));
    return accounts.filter((account) => !this.#settled.has(nameOf(account)));
  }

  settle(account: Account): void {
    this.#settled.set(nameOf(account), account);
  }

  #isSettled(account: Account): boolean {
    const before = this.#settled.get(nameOf(account));
    return before !== undefined && isSameTotals(totalsOf(before), totalsOf(account));
  }
}

/** Web events of closed minutes: what the aggregator says it stored against what is stored. */
export async function checkWebAccounts(
  stores: Stores,
  topic: string,
  minutes: number,
  settled = new SettledAccounts(),
): Promise<AccountsOutcome> {
  const changes = await countWebChanges(stores);
  const accounts = settled.open(await closedAccounts(stores, topic, minutes), changes);
  if (accounts.length === 0) return { findings: [], seconds: 0, rows: 0 };
  const meter = new WorkMeter();
  const stored = await meter.measure(() => storedWeb(stores, topic, accounts));
  const findings: NewFinding[] = [];
  let count = 0;
  for (const account of accounts) {
    const totals = stored.get(nameOf(account)) ?? EMPTY_TOTALS;
    count += totals.rows;
    if (account.jumps > 0 || isSameTotals(totals, totalsOf(account))) settled.settle(account);
    else findings.push(...(await missingWeb(stores, account)));
  }
  return { findings, seconds: meter.seconds, rows: count };
}

async function countWebChanges({ pool }: Stores): Promise<string> {
  const { rows } = await pool.query<{ changes: string }>(
    `SELECT coalesce(sum(s.n_tup_upd + s.n_tup_del), 0)::text AS changes
     FROM pg_inherits i JOIN pg_stat_all_tables s ON s.relid = i.inhrelid WHERE i.inhparent = 'stream.web_events'::regclass`,
  );
  return must(rows[0], 'an aggregate is one row').changes;
}

async function closedAccounts({ pool }: Stores, topic: string, minutes: number): Promise<Account[]> {
  const { rows } = await pool.query(
    `SELECT * FROM ops.batch_ledger
     WHERE topic = $1 AND minute > now() - make_interval(mins => $2) AND minute < date_trunc('minute', now())
       AND new > 0`,
    [topic, minutes],
  );
  return rows.map((row) => accountRow.parse(row));
}

function nameOf({ partition, from_offset: from }: Pick<Account, 'partition' | 'from_offset'>): string {
  return `${partition}:${from}`;
}

function totalsOf({ new: rows, checksum }: Account): Totals {
  return { rows, checksum };
}

const storedRow = z.object({
  partition: z.coerce.number(),
  from_offset: z.coerce.number(),
  rows: z.coerce.number(),
  sum: z.string().nullable(),
});

/** One pass over what came in meanwhile. */
async function storedWeb({ pool }: Stores, topic: string, accounts: readonly Account[]): Promise<Map<string, Totals>> {
  const { rows } = await pool.query(
    `WITH accounts AS MATERIALIZED (
       SELECT partition, from_offset, to_offset, first_kafka_time, last_kafka_time FROM ops.batch_ledger
       WHERE topic = $1 AND (partition, from_offset) IN (SELECT * FROM unnest($2::integer[], $3::bigint[])))
     SELECT a.partition, a.from_offset, count(*) AS rows, sum(substring(uuid_send(e.identity) FROM 9)::bigint)::text AS sum
     FROM stream.web_events e JOIN accounts a
       ON e._partition = a.partition AND e._offset >= a.from_offset AND e._offset < a.to_offset
     WHERE e._kafka_time >= (SELECT min(first_kafka_time) FROM accounts)
       AND e._kafka_time <= (SELECT max(last_kafka_time) FROM accounts)
     GROUP BY 1, 2`,
    [topic, accounts.map(({ partition }) => partition), accounts.map(({ from_offset: from }) => from)],
  );
  return new Map(
    rows.map((raw) => {
      const row = storedRow.parse(raw);
      return [nameOf(row), { rows: row.rows, checksum: checksumOf(row.sum) }];
    }),
  );
}

/** The accepted events of an account's messages that are stored nowhere. */
async function missingWeb({ kafka, pool }: Stores, account: Account): Promise<NewFinding[]> {
  const book = await loadPolicies(pool);
  const expected: { key: string[]; message: KeyedMessage; checksum: bigint }[] = [];
  const range = { partition: account.partition, from: account.from_offset, to: account.to_offset };
  await readRanges(kafka, account.topic, [range], (message) => {
    const acceptance = acceptWebMessage(message, book);
    if (acceptance.kind === 'dead') return;
    const { source, day, userKey, eventId } = acceptance.event;
    const { c, d } = webEventDigest(acceptance.event);
    const checksum = BigInt.asUintN(64, (BigInt(c >>> 0) << 32n) | BigInt(d >>> 0));
    expected.push({ key: [source, day, userKey, eventId], message, checksum });
  });
  const { rows } = await pool.query<{ n: number }>(
    `SELECT k.n::integer AS n FROM unnest($1::text[], $2::date[], $3::text[], $4::text[])
       WITH ORDINALITY AS k (source, day, user_key, event_id, n)
     WHERE NOT EXISTS (SELECT FROM stream.web_events e WHERE e.day = k.day AND e.source = k.source
       AND e.user_key = k.user_key AND e.event_id = k.event_id)`,
    [0, 1, 2, 3].map((part) => expected.map(({ key }) => key[part] ?? '')),
  );
  return rows.flatMap(({ n }) => {
    const one = expected[n - 1];
    return one === undefined ? [] : [missingFinding(one.key, one.message)];
  });
}

function missingFinding(key: readonly string[], { partition, offset }: KeyedMessage): NewFinding {
  const [source = '', day = '', userKey = '', eventId = ''] = key;
  return {
    table: WEB_EVENTS,
    key: { source, day, user_key: userKey, event_id: eventId },
    kind: 'missing',
    store: 'postgres',
    hop: HOP,
    evidence: { topic: 'event', partition, offset, found_by: 'accounts' },
  };
}

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
