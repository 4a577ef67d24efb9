import { readRanges } from '@ebb/kafka';
import { z } from 'zod';
import type { Stores } from '../compare/engines.ts';
import type { NewFinding } from '../store/findings-store.ts';
import { type Account, accountRow, HOP } from './accounts.ts';

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
