import { rfmTable, segmentCustomers } from '@ebb/segments';
import { expect, test } from 'vitest';
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

test('an aborted signal ends the thread at once, also one that aborted before', async () => {
  const stopping = new AbortController();
  const input = { table: rfmTable(someCustomers(20_000)), published: null, options: {} };
  const startedAt = Date.now();
  const running = inThread('segment', input, stopping.signal);
  setTimeout(() => stopping.abort(), 50);
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(inThread('segment', input, stopping.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(Date.now() - startedAt).toBeLessThan(5_000);
});
