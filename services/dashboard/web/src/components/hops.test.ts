import { describe, expect, test } from 'vitest';
import { viewHop } from './hops.ts';

const NOW = Date.parse('2026-03-12T10:00:30Z');
const hop = {
  hop: 'changes_to_clickhouse',
  asOf: '2026-03-12T10:00:29.700Z',
  backlog: 1_234,
  problem: null,
  updatedAt: '2026-03-12T10:00:29.700Z',
} as const;

describe('a hop', () => {
  test('that reports is live, with its bound and what waits', () => {
    expect(viewHop(hop, NOW)).toMatchObject({ state: 'live', lag: 'under 1 s', note: '1,234 messages wait' });
    expect(viewHop({ ...hop, backlog: 0 }, NOW).note).toBe('nothing waits');
  });

  test('that falls silent goes stale, and its lag grows', () => {
    expect(viewHop(hop, NOW + 20_000)).toMatchObject({ state: 'stale', lag: 'under 21 s' });
    expect(viewHop(hop, NOW + 19_000).state).toBe('live');
  });

  test('with a problem says it, whatever its lag', () => {
    expect(viewHop({ ...hop, problem: 'the slot is lost' }, NOW)).toMatchObject({
      state: 'stale',
      note: 'the slot is lost',
    });
  });

  test('that never reported waits', () => {
    const silent = { ...hop, asOf: null, backlog: null, updatedAt: null };
    expect(viewHop(silent, NOW)).toMatchObject({ state: 'waiting', lag: '–', note: 'not running' });
  });
});
