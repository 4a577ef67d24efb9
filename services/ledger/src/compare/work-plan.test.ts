import { expect, test } from 'vitest';
import { chooseWork, type WorkUnit } from './work-plan.ts';

const unit = (range: string, change: Partial<WorkUnit> = {}): WorkUnit => ({
  table: 't',
  range,
  verifiedAtMs: 1_000,
  seconds: 1,
  state: 'quiet',
  ...change,
});
const ranges = (units: readonly WorkUnit[]): string[] => units.map(({ range }) => range).toSorted();

test('everything is checked where there is time for it', () => {
  expect(ranges(chooseWork([unit('a'), unit('b', { state: 'changed' })], 10))).toEqual(['a', 'b']);
});

test('what looks wrong is checked whatever it takes, and first', () => {
  const units = [unit('old', { verifiedAtMs: null }), unit('bad', { state: 'suspicious', seconds: 50 })];
  expect(ranges(chooseWork(units, 2))).toEqual(['bad']);
});

test('what changed all the time does not keep quiet ranges from coming round', () => {
  const busy = Array.from({ length: 20 }, (_, n) => unit(`busy ${n}`, { state: 'changed', verifiedAtMs: 5_000 }));
  const units = [...busy, unit('quiet 1', { verifiedAtMs: 1 }), unit('quiet 2', { verifiedAtMs: 2 })];
  const chosen = ranges(chooseWork(units, 10));
  expect(chosen).toHaveLength(10);
  expect(chosen).toContain('quiet 1');
  expect(chosen).toContain('quiet 2');
});

test('a range larger than the budget is checked when it is the oldest', () => {
  expect(ranges(chooseWork([unit('huge', { seconds: 100, verifiedAtMs: null })], 1))).toEqual(['huge']);
});

test('all ranges come round', () => {
  const verified = new Map(Array.from({ length: 30 }, (_, n) => [`r${n}`, 0]));
  for (let cycle = 1; cycle <= 40; cycle += 1) {
    const units = [...verified].map(([range, at]) =>
      unit(range, { verifiedAtMs: at, state: ['r3', 'r4'].includes(range) ? 'changed' : 'quiet' }),
    );
    for (const { range } of chooseWork(units, 2)) verified.set(range, cycle);
  }
  expect(Math.min(...verified.values())).toBeGreaterThan(0);
});
