import { expect, test } from 'vitest';
import { STEP_KINDS } from './statements.ts';
import { planWorkload, type Round } from './workload.ts';
import { workloadTables } from './workload-tables.ts';

function rounds(seed: string, count: number): Round[] {
  const plan = planWorkload({ seed, tables: workloadTables('w'), connections: 4 });
  return Array.from({ length: count }, () => plan.next().value);
}

test('a seed decides every statement and their order', () => {
  expect(rounds('a', 50)).toEqual(rounds('a', 50));
  expect(rounds('a', 50)).not.toEqual(rounds('b', 50));
});

test('every kind of step occurs, in transactions of one and of many, committed and rolled back, alone and together', () => {
  const all = rounds('kinds', 300);
  const transactions = all.flatMap((round) => round.transactions);
  expect(new Set(transactions.flatMap(({ kinds }) => kinds))).toEqual(new Set(STEP_KINDS));
  expect(new Set(transactions.map(({ commits }) => commits))).toEqual(new Set([true, false]));
  expect(new Set(all.map((round) => round.transactions.length))).toEqual(new Set([1, 2, 3, 4]));
  expect(transactions.some(({ statements }) => statements.length > 12)).toBe(true);
});

test('the order of a round sends every statement of every transaction once', () => {
  for (const { transactions, order } of rounds('order', 50)) {
    const sent = transactions.map((_, index) => order.filter((lane) => lane === index).length);
    expect(sent).toEqual(transactions.map(({ statements }) => statements.length));
  }
});
