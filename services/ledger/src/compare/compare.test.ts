import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareRows, stillMismatched } from './compare.ts';
import {
  add,
  EMPTY_TOTALS,
  keyName,
  type RowFacts,
  type RowFactsByKey,
  type RowSet,
  type Side,
  totalsOf,
} from './row-set.ts';

const SET = {} as RowSet;

/** A side in memory; its slots are those of the key's number. */
class MemorySide implements Side {
  readonly rows: RowFactsByKey;
  fetched = 0;

  constructor(rows: RowFactsByKey) {
    this.rows = rows;
  }

  totals() {
    return Promise.resolve(totalsOf(this.rows.values()));
  }

  bySlot(_set: RowSet, slots: number) {
    const totals = new Map<number, typeof EMPTY_TOTALS>();
    for (const row of this.rows.values()) {
      const slot = Number(row.key[0]) % slots;
      totals.set(slot, add(totals.get(slot) ?? EMPTY_TOTALS, { rows: 1, checksum: row.hash }));
    }
    return Promise.resolve(totals);
  }

  rowsIn(_set: RowSet, slots: number, wanted: readonly number[]) {
    const found = new Map([...this.rows].filter(([, row]) => wanted.includes(Number(row.key[0]) % slots)));
    this.fetched += found.size;
    return Promise.resolve(found);
  }

  rowsOf(_set: RowSet, keys: readonly (readonly string[])[]) {
    const names = new Set(keys.map(keyName));
    return Promise.resolve(new Map([...this.rows].filter(([name]) => names.has(name))));
  }
}

/** As real rows have them: of hashes in a straight line, some would add up to the same without being the same. */
const HASHES = Array.from({ length: 1_000 }, (_, n) =>
  createHash('sha256').update(String(n)).digest().readBigUInt64BE(),
);

function rows(count: number): RowFactsByKey {
  return new Map(
    HASHES.slice(0, count).map((hash, n): [string, RowFacts] => {
      const key = [String(n)];
      return [keyName(key), { key, hash, position: {} }];
    }),
  );
}

function change(side: RowFactsByKey, n: number, by: bigint): void {
  const row = side.get(keyName([String(n)]));
  if (row !== undefined) side.set(keyName(row.key), { ...row, hash: BigInt.asUintN(64, row.hash + by) });
}

test('equal sides are found equal by their totals alone', async () => {
  const [postgres, clickhouse] = [new MemorySide(rows(1_000)), new MemorySide(rows(1_000))];
  const compared = await compareRows(SET, { postgres, clickhouse });
  expect(compared).toMatchObject({ mismatches: [], isPartial: false, totals: { rows: 1_000 } });
  expect(postgres.fetched + clickhouse.fetched).toBe(0);
});

test('any set of missing, added and altered keys is found, and few other rows are fetched', async () => {
  const keys = fc.uniqueArray(fc.nat(999), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(keys, fc.bigInt(1n, 1_000n), async (wrong, by) => {
      const [ours, theirs] = [rows(1_000), rows(1_000)];
      for (const [index, n] of wrong.entries()) {
        if (index % 3 === 0) ours.delete(keyName([String(n)]));
        else if (index % 3 === 1) theirs.delete(keyName([String(n)]));
        else change(theirs, n, by);
      }
      const [postgres, clickhouse] = [new MemorySide(ours), new MemorySide(theirs)];
      const { mismatches } = await compareRows(SET, { postgres, clickhouse }, { slots: 64 });
      expect(mismatches.map(({ key }) => Number(key[0])).toSorted((a, b) => a - b)).toEqual(
        wrong.toSorted((a, b) => a - b),
      );
      expect(postgres.fetched).toBeLessThanOrEqual(wrong.length * 16);
    }),
    { numRuns: 50 },
  );
});

test('what moves is left out on both sides', async () => {
  const [ours, theirs] = [rows(100), rows(100)];
  const moving = new Map([...ours].filter(([, { key }]) => Number(key[0]) < 5));
  for (const name of moving.keys()) theirs.delete(name);
  change(theirs, 50, 1n);
  const sides = { postgres: new MemorySide(ours), clickhouse: new MemorySide(theirs) };
  const { mismatches, totals } = await compareRows(SET, sides, { leftOut: moving, slots: 8 });
  expect(mismatches.map(({ key }) => key)).toEqual([['50']]);
  expect(totals.rows).toBe(95);
});

test('a difference counts only if neither side moved between two looks', async () => {
  const [ours, theirs] = [rows(10), rows(10)];
  for (const n of [1, 2, 3]) change(theirs, n, 1n);
  const { mismatches } = await compareRows(SET, { postgres: new MemorySide(ours), clickhouse: new MemorySide(theirs) });
  // 1 arrives, 2 changes once more and is still on its way, 3 stays as it is.
  change(theirs, 1, -1n);
  change(ours, 2, 5n);
  const later = { postgres: new MemorySide(ours), clickhouse: new MemorySide(theirs) };
  const second = await stillMismatched(SET, later, mismatches);
  expect(second.confirmed.map(({ key }) => key)).toEqual([['3']]);
  expect(second.unstable.map(({ key }) => key)).toEqual([['2']]);
});
