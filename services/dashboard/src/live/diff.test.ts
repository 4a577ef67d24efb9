import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyDelta } from '../../web/src/live-model.ts';
import { liveSnapshotSchema, type LiveSnapshot } from '../api/live-schema.ts';
import { makeSnapshot } from '../testing/snapshot.ts';
import { diffSnapshots, isSameView } from './diff.ts';

const minuteRow = fc.record({ minute: fc.integer({ min: 0, max: 40 }), value: fc.integer({ min: 0, max: 3 }) });
const minuteRows = fc.uniqueArray(minuteRow, { selector: (row) => row.minute, maxLength: 20 });

function snapshotOf(rows: { minute: number; value: number }[], total: number): LiveSnapshot {
  const sorted = rows.toSorted((a, b) => a.minute - b.minute);
  const minute = sorted.map((row) => 1_773_100_800 + row.minute * 60);
  const counts = sorted.map((row) => row.value);
  const amounts = sorted.map((row) => `${row.value}.5000`);
  const base = makeSnapshot();
  return {
    ...base,
    web: { ...base.web, totalEvents: total },
    webMinutes: { minute, events: counts, users: counts, pageViews: counts, productClicks: counts, sessions: counts },
    orderMinutes: { minute, orders: counts, products: counts, gross: amounts, net: amounts },
  };
}

test('what the page makes of snapshot and delta is the new snapshot', () => {
  fc.assert(
    fc.property(minuteRows, minuteRows, fc.nat(), (before, after, total) => {
      const kept = [...after, ...before.filter((row) => !after.some((other) => other.minute === row.minute))];
      const old = snapshotOf(before, 1);
      const next = snapshotOf(kept, total);
      expect(isSameView(old, next)).toBe(true);
      expect(applyDelta(old, diffSnapshots(old, next))).toEqual(next);
      expect(liveSnapshotSchema.parse(next)).toEqual(next);
    }),
  );
});

test('a delta carries only the minutes that changed', () => {
  const before = snapshotOf(
    [
      { minute: 1, value: 1 },
      { minute: 2, value: 2 },
    ],
    3,
  );
  const after = snapshotOf(
    [
      { minute: 1, value: 1 },
      { minute: 2, value: 3 },
      { minute: 5, value: 0 },
    ],
    4,
  );
  expect(diffSnapshots(before, after).webMinutes).toEqual({
    minute: [1_773_100_920, 1_773_101_100],
    events: [3, 0],
    users: [3, 0],
    pageViews: [3, 0],
    productClicks: [3, 0],
    sessions: [3, 0],
  });
});

test('another day, another currency or a minute that went away needs a whole snapshot', () => {
  const before = snapshotOf([{ minute: 1, value: 1 }], 1);
  expect(isSameView(before, { ...before, date: '2026-03-11' })).toBe(false);
  expect(isSameView(before, { ...before, currency: 'EUR' })).toBe(false);
  expect(isSameView(before, { ...before, isToday: false })).toBe(false);
  expect(isSameView(before, snapshotOf([{ minute: 2, value: 1 }], 1))).toBe(false);
});
