import { expect, test } from 'vitest';
import { dropsQuery, readFunnelChoice, retentionQuery } from './funnel-choice.ts';

test('nonsense in the address is no choice', () => {
  expect(readFunnelChoice(new URLSearchParams('activity=sleep&period=day&page=-1'))).toEqual({
    activity: 'visit',
    period: 'week',
    page: 0,
  });
});

test('parts of the page ask for the source that is shown', () => {
  const choice = readFunnelChoice(new URLSearchParams('activity=purchase&period=month&page=2'));
  expect(retentionQuery('shop', choice)).toBe('?source=shop&activity=purchase&period=month');
  expect(dropsQuery('shop', choice)).toBe('?source=shop&limit=25&offset=50');
});
