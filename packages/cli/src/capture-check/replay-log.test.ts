import { expect, test } from 'vitest';
import { type LoggedChange, replay } from './replay-log.ts';

const change = (version: number, key: string, value: string | null): LoggedChange => ({
  version: BigInt(version),
  isDeleted: value === null,
  key,
  row: new Map([['v', value]]),
});

test('changes are played by version, not by arrival, and barriers clear what is older', () => {
  const log = [change(5, 'a', 'late'), change(1, 'a', 'first'), change(2, 'b', 'x'), change(4, 'b', null)];
  expect([...replay(log, [])].map(([key, row]) => [key, row.get('v')])).toEqual([['a', 'late']]);
  expect([...replay(log, [5n]).keys()]).toEqual(['a']);
  expect([...replay(log, [6n]).keys()]).toEqual([]);
  expect([...replay([change(1, 'c', 'old'), change(3, 'd', 'new')], [2n]).keys()]).toEqual(['d']);
});
