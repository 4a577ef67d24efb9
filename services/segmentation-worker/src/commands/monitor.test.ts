import { DAY_MS } from '@ebb/core';
import { expect, test } from 'vitest';
import { type MonitoredRun, troublesOf } from './monitor.ts';

const NOW = Date.UTC(2026, 5, 30);
const good: MonitoredRun = {
  kind: 'rfm_segments',
  source: 'retail_files',
  key: 'a',
  status: 'done',
  state: 'published',
  asOf: '2026-06-29',
  finishedAt: new Date(NOW),
  error: null,
  steps: 6,
  stepsDone: 6,
  metrics: { k: 4 },
};
const champion = {
  kind: 'rfm_segments',
  source: 'retail_files',
  id: 'one',
  trainedAt: new Date(NOW - DAY_MS),
  metrics: {},
};

test('nothing to show is never green', () => {
  expect(troublesOf([], [], NOW)).toEqual([expect.stringMatching(/no model has been run/)]);
  expect(troublesOf([good], [], NOW)).toEqual([expect.stringMatching(/nothing is published/)]);
  expect(troublesOf([{ ...good, steps: 0, stepsDone: 0 }], [champion], NOW)).toEqual([
    expect.stringMatching(/0 of its 0 steps/),
  ]);
});

test('a good last run is green, also after a failed one; a failed or held one is not', () => {
  const failed = { ...good, status: 'failed', state: 'open', error: 'no customers' };
  expect(troublesOf([good, failed], [champion], NOW)).toEqual([]);
  expect(troublesOf([failed, good], [champion], NOW)).toEqual([expect.stringMatching(/failed: no customers/)]);
  const long = { ...failed, source: 'retial_files', finishedAt: new Date(NOW - 8 * DAY_MS) };
  expect(troublesOf([good, long], [champion], NOW)).toEqual([]);
  expect(troublesOf([long], [], NOW)).toEqual([expect.stringMatching(/nothing is published/)]);
  expect(troublesOf([{ ...good, state: 'held' }], [champion], NOW)).toEqual([expect.stringMatching(/held back/)]);
});

test('a champion of more than seven days is told', () => {
  const old = { ...champion, trainedAt: new Date(NOW - 8 * DAY_MS) };
  expect(troublesOf([good], [old], NOW)).toEqual([expect.stringMatching(/8 days old/)]);
});
