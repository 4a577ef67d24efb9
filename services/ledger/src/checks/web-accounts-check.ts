import { acceptWebMessage } from '@ebb/contracts';
import { must } from '@ebb/core';
import { type KeyedMessage, readRanges } from '@ebb/kafka';
import { z } from 'zod';
import { checksumOf } from '../canonical/row-hash.ts';
import { type Stores, WorkMeter } from '../compare/engines.ts';
import { EMPTY_TOTALS, isSameTotals, type Totals } from '../compare/row-set.ts';
import { WEB_EVENTS } from '../compare/tables.ts';
import { loadPolicies } from '../hops/topic-truth.ts';
import type { NewFinding } from '../store/findings-store.ts';
import { type Account, accountRow, type AccountsOutcome, HOP, nameOf, totalsOf } from './accounts.ts';
import { SettledAccounts } from './settled-accounts.ts';

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
  const expected: { key: string[]; message: KeyedMessage }[] = [];
  const range = { partition: account.partition, from: account.from_offset, to: account.to_offset };
  await readRanges(kafka, account.topic, [range], (message) => {
    const acceptance = acceptWebMessage(message, book);
    if (acceptance.kind === 'dead') return;
    const { source, day, userKey, eventId } = acceptance.event;
    expected.push({ key: [source, day, userKey, eventId], message });
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
