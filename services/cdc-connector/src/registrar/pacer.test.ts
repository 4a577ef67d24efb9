import { expect, it } from 'vitest';
import type { Action } from './actions.ts';
import { Pacer } from './pacer.ts';

const restart = { kind: 'restart_failed', name: 'a', reason: 'r', lsn: 7n } as const;

it('lets the first restart through at once and the next ones with growing pauses, up to the longest', () => {
  const pacer = new Pacer(10_000);
  const taken = Array.from({ length: 120_000 }, (_, ms) => ms).filter((ms) => pacer.take(restart, ms));
  const pauses = taken.slice(1).map((ms, index) => ms - (taken[index] ?? 0));
  expect(taken[0]).toBe(0);
  expect(pauses[0]).toBeLessThan(1_300);
  expect(pauses[2]).toBeGreaterThan(3_000);
  expect(Math.max(...pauses)).toBeLessThan(12_100);
  expect(taken.length).toBeLessThan(20);
});

it('starts anew after a calm time, and does not slow down steps that last', () => {
  const pacer = new Pacer(10_000);
  for (const ms of [0, 2_000, 6_000]) pacer.take(restart, ms);
  expect(pacer.take(restart, 400_000)).toBe(true);
  expect(pacer.take(restart, 401_500)).toBe(true);
  const note = { kind: 'note_slot_seen', epoch: 1 } as const;
  expect([pacer.take(note, 0), pacer.take(note, 0)]).toEqual([true, true]);
});

it('does not hold up a connector that came further, nor settings that are not the last ones', () => {
  const pacer = new Pacer(10_000);
  for (const ms of [0, 2_000, 6_000]) pacer.take(restart, ms);
  expect(pacer.take(restart, 6_001)).toBe(false);
  expect(pacer.take({ ...restart, lsn: 8n }, 6_001)).toBe(true);
  expect(pacer.take({ ...restart, lsn: 8n }, 6_002)).toBe(false);
  const configure = (value: string): Action => {
    return { kind: 'configure_connector', name: 'a', definition: { value }, changed: ['value'] };
  };
  const taken = ['1', '1', '2', '2', '3'].map((value) => pacer.take(configure(value), 7_000));
  expect(taken).toEqual([true, false, true, false, true]);
});
