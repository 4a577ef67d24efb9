import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  comparePositions,
  LSN_LIMIT,
  lsnFromBigint,
  LsnTooLargeError,
  parsePgLsn,
  parseSequence,
  position,
  positionOf,
  versionOf,
  versionWords,
} from './position.ts';

const lsn = fc.oneof(fc.bigInt({ min: 0n, max: LSN_LIMIT - 1n }), fc.bigInt({ min: 0n, max: 1_000n }));
const place = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), lsn, lsn)
  .map(([epoch, commit, change]) => ({ epoch, commit, change }));

function made({ epoch, commit, change }: { epoch: number; commit: bigint; change: bigint }) {
  return position(epoch, lsnFromBigint(commit), lsnFromBigint(change));
}

test('a version is epoch, last commit and change, and comes back as it was', () => {
  fc.assert(
    fc.property(place, (at) => {
      const version = (BigInt(at.epoch) << 112n) | (at.commit << 56n) | at.change;
      expect(versionOf(made(at))).toBe(version);
      const words = versionWords(made(at)).reduce((all, word) => (all << 32n) | BigInt(word), 0n);
      expect(words).toBe(version);
      expect(positionOf(version)).toEqual(made(at));
    }),
  );
});

test('positions are in the order of their versions', () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      const [left, right] = [versionOf(made(a)), versionOf(made(b))];
      const order = comparePositions(made(a), made(b));
      expect(Math.sign(order)).toBe(left < right ? -1 : Number(left > right));
    }),
  );
});

test('reads the sequence of a change; what is missing counts as none', () => {
  const [a, b] = [lsnFromBigint(33_480_248n), lsnFromBigint(33_481_400n)];
  expect(parseSequence('["33480248","33481400"]')).toEqual({ commit: a, change: b });
  expect(parseSequence('[null,"33481400"]')).toEqual({ commit: null, change: b });
  expect(parseSequence('["33480248",null]')).toEqual({ commit: a, change: null });
  for (const text of [undefined, null, 7, '', '[]', '["x","1"]', '["1","2","3"]', '[1,2]']) {
    expect(parseSequence(text)).toBeUndefined();
  }
});

test('positions keep all their digits up to 2^56, and no further', () => {
  const last = LSN_LIMIT - 1n;
  const sequence = parseSequence(`["${last}","${last - 1n}"]`);
  expect(sequence).toEqual({ commit: lsnFromBigint(last), change: lsnFromBigint(last - 1n) });
  expect(() => parseSequence(`["1","${LSN_LIMIT}"]`)).toThrow(LsnTooLargeError);
  // An unsigned number beyond 2^63, as Java prints it.
  expect(() => parseSequence('["-9223372036854775808","1"]')).toThrow(LsnTooLargeError);
});

test("reads Postgres' own form", () => {
  expect(parsePgLsn('16/B374D848')).toBe(0x16_b374_d848n);
  expect(parsePgLsn('0/0')).toBe(0n);
});
