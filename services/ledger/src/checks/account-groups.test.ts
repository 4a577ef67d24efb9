import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccountGroup, groupAccounts, GroupRotation, inParts } from './account-groups.ts';
import type { Account } from './accounts.ts';

const MINUTE_MS = 60_000;

const account = (partition: number, minute: number, change: Partial<Account> = {}): Account => ({
  topic: 'purchase_events',
  partition,
  minute: new Date(minute * MINUTE_MS),
  from_offset: minute * 10,
  to_offset: minute * 10 + 10,
  messages: 10,
  new: 10,
  duplicate: 0,
  dead: 0,
  checksum: 7n,
  jumps: 0,
  ...change,
});

const accounts = (minutes: number): Account[] =>
  Array.from({ length: minutes }, (_, minute) => [account(0, minute), account(1, minute)]).flat();

const minutesOf = (groups: readonly AccountGroup[]): number[] => groups.map((one) => one.lastMinuteMs / MINUTE_MS);

describe('groups of accounts', () => {
  test('leave no offset out from the first account of a partition on, whatever accounts leave out', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1 }), fc.nat(), (starts, at) => {
        const groups = groupAccounts(starts.map((from) => account(3, 1, { from_offset: from, to_offset: from + 1 })));
        const offset = BigInt(Math.min(...starts) + at);
        expect(groups.filter(({ from, until }) => offset >= from && offset < until)).toHaveLength(1);
      }),
    );
  });

  test('are one of the whole partition where accounts overlap', () => {
    const [first, second] = groupAccounts([account(0, 0), account(0, 1, { jumps: 1, from_offset: 5 }), account(1, 0)]);
    expect(first).toMatchObject({ partition: 0, from: 0n, totals: { rows: 20, checksum: 14n } });
    expect(second).toMatchObject({ partition: 1, totals: { rows: 10, checksum: 7n } });
  });

  test('come in parts that together are all of them, once', () => {
    const groups = groupAccounts(accounts(9));
    const parts = inParts(groups, 45);
    expect(parts.map((part) => part.length)).toEqual([4, 4, 4, 4, 2]);
    expect(parts.flat()).toEqual(groups);
    expect(inParts(groups, 1)).toHaveLength(18);
    expect(inParts([], 1)).toEqual([]);
  });
});

describe('the rotation', () => {
  const RUNNING = 5;
  const turn = (rotation: GroupRotation, all: readonly Account[] = accounts(RUNNING + 1)): AccountGroup[] => {
    const chosen = rotation.next(groupAccounts(all), RUNNING * MINUTE_MS);
    for (const one of chosen) rotation.foundRight(one);
    return chosen;
  };

  test('begins with the newest closed minutes, goes round, and takes the running minute last', () => {
    const rotation = new GroupRotation(40);
    expect(minutesOf(turn(rotation))).toEqual([4, 4, 3, 3]);
    expect(minutesOf(turn(rotation))).toEqual([2, 2, 1, 1]);
    expect(minutesOf(turn(rotation))).toEqual([0, 0, 4, 4]);
    expect(minutesOf(turn(new GroupRotation(1_000)))).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 0, 0, 5, 5]);
  });

  test('comes back first to what was not found right and to accounts that say something else', () => {
    const rotation = new GroupRotation(40);
    for (let turns = 0; turns < 5; turns += 1) turn(rotation);
    const changed = accounts(RUNNING + 1).with(0, account(0, 0, { checksum: 8n }));
    expect(minutesOf(rotation.next(groupAccounts(changed), RUNNING * MINUTE_MS))[0]).toBe(0);
    expect(minutesOf(rotation.next(groupAccounts(changed), RUNNING * MINUTE_MS))[0]).toBe(0);
  });

  test('looks at every group before it looks at one again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 12 }), (rowsAtOnce, minutes) => {
        const rotation = new GroupRotation(rowsAtOnce);
        const all = accounts(minutes);
        const closed = new Set(groupAccounts(all).map(({ partition, from }) => `${partition}:${from}`));
        const seen = new Map<string, number>();
        for (let turns = 0; turns < 60; turns += 1) {
          for (const one of rotation.next(groupAccounts(all), 1_000 * MINUTE_MS)) {
            rotation.foundRight(one);
            const name = `${one.partition}:${one.from}`;
            seen.set(name, (seen.get(name) ?? 0) + 1);
          }
          const counts = [...closed].map((name) => seen.get(name) ?? 0);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
