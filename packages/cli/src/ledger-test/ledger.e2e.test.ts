import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type PrivateStack, withPrivateStack } from '../private-stack.ts';
import { findFaults } from './find-faults.ts';

const traceSchema = z.array(
  z.object({ what: z.string(), steps: z.array(z.object({ hop: z.string(), at: z.string().nullable() })) }),
);

async function traceOf(stack: PrivateStack, id: string, table = ''): Promise<string[][]> {
  const traces = traceSchema.parse(JSON.parse(await stack.commands.capture(['ledger', 'trace', id, '--json'])));
  const wanted = traces.filter(({ what }) => what.startsWith(table));
  return wanted.map(({ steps }) => steps.map(({ hop, at }) => (at === null ? `(${hop})` : hop)));
}

/** An event, a document and a deleted customer each show every station they passed; in brackets those without a time. */
async function checkTraces(stack: PrivateStack): Promise<void> {
  const ask = async (sql: string): Promise<string> => (await stack.commands.capture(['psql', '-Atc', sql])).trim();
  const event = await ask('SELECT event_id FROM stream.web_events ORDER BY _kafka_time LIMIT 1');
  expect(await traceOf(stack, event)).toEqual([['event', '(collector)', 'kafka', 'postgres', 'clickhouse']]);

  const order = await ask('SELECT order_id FROM sales.orders ORDER BY purchase_time LIMIT 1');
  const [orders] = await traceOf(stack, order, 'sales.orders ');
  expect(orders?.slice(0, 2)).toEqual(['commit', 'kafka']);
  expect(orders?.slice(-2)).toEqual(['postgres', '(clickhouse)']);

  await ask(`INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
    VALUES ('trace', 'trace-1', 'Left', 'Long ago', 'Qatar', '2026-01-02')`);
  await ask(`DELETE FROM crm.customers WHERE source = 'trace'`);
  // NOT_FOUND until the first of its changes has arrived.
  await expect
    .poll(() => traceOf(stack, 'trace-1').catch(() => []), { timeout: 60_000, interval: 1_000 })
    .toEqual([['commit', 'kafka', 'commit', 'kafka', '(postgres)', '(clickhouse)']]);
}

it(
  'faults at every hop are found, named, repaired and verified, and none is invented',
  { timeout: 600_000 },
  async () => {
    const seed = String(randomInt(2 ** 31));
    const outcome = await withPrivateStack('ledger', async (stack) => {
      await stack.commands.capture(['simulate', 'shop', '--rate', '300', '--backfill', '1h', '--duration', '10s']);
      const found = await findFaults(stack, { perHop: 5, seed });
      await checkTraces(stack);
      return found;
    });
    // The seed stands in the message: a failure must be repeatable.
    const { faults, ...rest } = outcome;
    expect({ seed, ...rest }).toEqual({ seed, wrong: [], invented: [], left: [], isConsistent: true });
    expect(faults).toHaveLength(20);
  },
);
