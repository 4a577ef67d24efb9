import fc from 'fast-check';
import { expect, test } from 'vitest';
import { purchaseEventDigest, webEventDigest } from './event-digest.ts';
import { jsonbText } from './jsonb-text.ts';
import {
  addTallies,
  EMPTY_TALLY,
  encodeReceipt,
  encodeReceiptBucket,
  parseReceipt,
  parseReceiptBucket,
  type Receipt,
  tallyDigests,
} from './receipt.ts';

const tallyIds = (ids: readonly string[]) =>
  tallyDigests(ids.map((eventId) => webEventDigest({ source: 'shop', day: '2026-11-21', userKey: 'u', eventId })));

test('the checksum of known events', () => {
  // Bytes 8..15 of the SHA-256 of "shop|2026-11-21|1|ue1" and "shop|2|o1e1", by another program.
  expect(tallyIds(['e1'])).toEqual({ count: 1, checksum: 0x24e1326e2fbf09d9n });
  const purchase = purchaseEventDigest({ source: 'shop', orderId: 'o1', eventId: 'e1' });
  expect(tallyDigests([purchase]).checksum).toBe(0xd5cb9741c670d0f7n);
  expect(tallyIds([])).toEqual(EMPTY_TALLY);
});

test('neither order nor grouping matters', () => {
  const ids = fc.array(fc.string(), { maxLength: 20 });
  fc.assert(
    fc.property(ids, fc.nat(20), (list, cut) => {
      const parts = addTallies(tallyIds(list.slice(cut)), tallyIds(list.slice(0, cut)));
      expect(parts).toEqual(tallyIds(list.toReversed()));
      expect(parts.checksum < 1n << 64n).toBe(true);
    }),
  );
});

test('a lost or changed id shows', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 20 }), (list) => {
      expect(tallyIds(list.slice(1)).checksum).not.toBe(tallyIds(list).checksum);
      expect(tallyIds([`${list[0]}!`, ...list.slice(1)]).checksum).not.toBe(tallyIds(list).checksum);
    }),
  );
});

const receipt: Receipt = {
  id: '0192f0c8-5f3a-7c11-8b4e-2f6a1d0c9b7e',
  collectorId: 'collector-1',
  writeKeyId: 'k1',
  topic: 'website_events',
  minuteStartMs: Date.UTC(2026, 10, 21, 10, 15),
  count: 3,
  checksum: 1n,
};

test('reads what it writes', () => {
  expect(parseReceipt(Buffer.from(encodeReceipt(receipt)))).toEqual({ ok: true, value: receipt });
});

test.each([
  ['half a minute', { minute: '2026-11-21T10:15:30.000Z' }],
  ['a short checksum', { checksum: 'ff' }],
  ['no ids', { count: 0 }],
  ['no key', { write_key_id: undefined }],
])('refuses %s', (_, change) => {
  const wire = JSON.stringify({ ...(JSON.parse(encodeReceipt(receipt)) as object), ...change });
  expect(parseReceipt(Buffer.from(wire)).ok).toBe(false);
});

test('buckets are read as they were written', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{12}$/), fc.nat(130_000_000), (collectorId, minutes) => {
      const bucket = { collectorId, minuteStartMs: minutes * 60_000 };
      expect(parseReceiptBucket(encodeReceiptBucket(bucket))).toEqual(bucket);
    }),
  );
});

test.each(['', 'a', 'a.', '.a', 'a.b.c', 'A.b', 'a.zzzzzzzz', `${'a'.repeat(33)}.b`])('no bucket: "%s"', (text) => {
  expect(parseReceiptBucket(text)).toBeNull();
});

test.each([
  ['{"bb":1,"a":[1,2],"é":{}}', '{"a": [1, 2], "bb": 1, "é": {}}'],
  [
    '{"x":1e21,"y":1.5e-7,"z":-1.25e+22,"w":5e-324}',
    `{"w": 0.${'0'.repeat(323)}5, "x": 1${'0'.repeat(21)}, "y": 0.00000015, "z": -125${'0'.repeat(20)}}`,
  ],
  ['["\\u0001\\n\\"",null,true,0]', '["\\u0001\\n\\"", null, true, 0]'],
])('%s as jsonb', (json, text) => {
  expect(jsonbText(json)).toBe(text);
});
