import { expect, test } from 'vitest';
import { makeSnapshot } from '../../src/testing/snapshot.ts';
import { INITIAL_STATE, type LiveState } from './live-client.ts';
import { liveStatus, reportedLagMs, STALE_AFTER_MS } from './live-status.ts';

const AS_OF_MS = Date.parse('2026-03-10T12:00:29Z');
const live: LiveState = { ...INITIAL_STATE, connection: 'live', snapshot: makeSnapshot() };

test.each([
  ['before the first answer', INITIAL_STATE, 'loading'],
  ['refused before the first answer', { ...INITIAL_STATE, connection: 'reconnecting' as const }, 'disconnected'],
  ['fresh figures', live, 'live'],
  ['connection lost', { ...live, connection: 'reconnecting' as const }, 'disconnected'],
  ['server without database', { ...live, healthy: false }, 'failing'],
  ['a past day', { ...live, snapshot: makeSnapshot({ isToday: false }) }, 'history'],
  [
    'aggregator never reported',
    { ...live, snapshot: makeSnapshot({ freshness: { dataAsOf: null, lastChangeAt: null } }) },
    'stale',
  ],
])('%s: %#', (_, state, kind) => {
  expect(liveStatus(state, AS_OF_MS + 1000).kind).toBe(kind);
});

test('figures turn stale when the aggregator falls silent, and say by how much', () => {
  expect(liveStatus(live, AS_OF_MS + STALE_AFTER_MS).kind).toBe('live');
  const status = liveStatus(live, AS_OF_MS + 180_000);
  expect(status.kind).toBe('stale');
  expect(status.label).toBe('Behind by 3 min');
});

test('the server’s own words are shown where it refused', () => {
  const state: LiveState = { ...INITIAL_STATE, connection: 'reconnecting', error: { code: 'X', message: 'Full.' } };
  expect(liveStatus(state, 0).detail).toBe('Full.');
});

test('the shown lag is the one at the last message, on the server’s clock', () => {
  expect(reportedLagMs(live)).toBe(1000);
});
