import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTallies, EMPTY_TALLY, encodeReceipt, parseReceipt, type Receipt, tallyIds } from './receipt.ts';

test('the checksum of known ids', () => {
  // First 8 bytes of the SHA-256 of "abc" and "".
  expect(tallyIds(['abc'])).toEqual({ count: 1, checksum: 0xba7816bf8f01cfean });
  expect(tallyIds(['abc', '']).checksum).toBe((0xba7816bf8f01cfean + 0xe3b0c44298fc1c14n) % (1n << 64n));
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
