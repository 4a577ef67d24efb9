import { SeededRandom } from '@ebb/core';
import { type BehaviourTable, behaviourTable, rfmTable, segmentCustomers } from '@ebb/segments';
import { expect, test } from 'vitest';
import type { PurchaseColumns } from '../features/purchase-source.ts';
import { someCustomers } from '../testing/some-customers.ts';
import { inThread } from './in-thread.ts';

const forever = new AbortController().signal;
const options = { ks: [2, 3, 4, 5] };

test('a thread gives what the function gives, bit for bit, whatever order the rows came in', async () => {
  const rows = someCustomers(120);
  const table = rfmTable(rows);
  const there = await inThread('segment', { table: rfmTable(rows.toReversed()), published: null, options }, forever);
  expect(there).toEqual(segmentCustomers(table, null, options));
});

test('an error keeps its code and words', async () => {
  const input = { table: rfmTable(someCustomers(3)), published: null, options: {} };
  await expect(inThread('segment', input, forever)).rejects.toMatchObject({
    code: 'TOO_FEW_CUSTOMERS',
    message: expect.stringMatching(/^3 customers/),
  });
});

const ROWS = 20_000;
/** Each of these takes seconds. */
const LONG_WORK = {
  segment: () =>
    inThread('segment', { table: rfmTable(someCustomers(ROWS)), published: null, options: {} }, stopping.signal),
  behaviour: () =>
    inThread('behaviour', { table: behaviourOf(ROWS), asked: null, published: null, stamp: STAMP }, stopping.signal),
  clv: () => inThread('clv', { purchases: purchasesOf(ROWS), asOfDay: 20_500, value: VALUE }, stopping.signal),
};
let stopping: AbortController;
const STAMP = { runId: 'r', analysedAt: '2026-01-01T00:00:00.000Z' };
const VALUE = { horizon: 52, yearLength: 52 };

test.each(Object.entries(LONG_WORK))(
  'an aborted signal ends the thread of %s at once, also one that aborted before',
  async (_, work) => {
    stopping = new AbortController();
    const startedAt = Date.now();
    const running = work();
    setTimeout(() => stopping.abort(), 300);
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(work()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(Date.now() - startedAt).toBeLessThan(15_000);
  },
);

function behaviourOf(rows: number): BehaviourTable {
  const random = new SeededRandom('behaviour');
  const column = (): Float64Array => Float64Array.from({ length: rows }, () => random.int(1_000));
  return behaviourTable({
    customers: Array.from({ length: rows }, (_, row) => `c${row}`),
    columns: new Map(['sessions', 'total_orders', 'total_spend', 'active_days'].map((name) => [name, column()])),
    isClosed: new Uint8Array(rows),
  });
}

function purchasesOf(customers: number): PurchaseColumns {
  const random = new SeededRandom('purchases');
  const rows = Array.from({ length: customers }, (_, customer) => `c${String(customer).padStart(6, '0')}`).flatMap(
    (customer) => [20_000, 20_100, 20_200].map((day) => ({ customer, day: day + random.int(90) })),
  );
  return {
    customers: rows.map(({ customer }) => customer),
    days: Float64Array.from(rows, ({ day }) => day),
    amounts: Float64Array.from(rows, () => 10_000 * (1 + random.int(90))),
  };
}
