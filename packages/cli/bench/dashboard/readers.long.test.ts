import { beforeAll, expect, test } from 'vitest';
import { withPrivateStack } from '../../src/private-stack.ts';
import { measureReaders, type ReadersOutcome, streamingLines } from './measure-readers.ts';
import { pageLines } from './page-speed.ts';
import { reportLines } from './reading-report.ts';

/** Fifty readers for a minute on the demo's data, while events stream in. */

const READERS = 50;
const SECONDS = 60;
const EVENTS_PER_SECOND = 500;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
let outcome: ReadersOutcome;

beforeAll(async () => {
  const plan = { readers: READERS, seconds: SECONDS, eventsPerSecond: EVENTS_PER_SECOND, print };
  outcome = await withPrivateStack('readers', (stack) => measureReaders(stack, plan));
  for (const lines of [pageLines(outcome.pages), reportLines(outcome.reading), streamingLines(outcome)]) {
    print(lines.join('\n'));
  }
});

test('every page is painted within a second, and no answer it asks for takes longer than half of one', () => {
  const slow = outcome.pages.filter(
    ({ firstPaintMs, slowestAnswerMs }) => !(firstPaintMs <= 1_000 && slowestAnswerMs <= 500),
  );
  expect(slow).toEqual([]);
});

test('95 of 100 answers are there within a second, and none is refused', () => {
  expect(outcome.reading.refused).toEqual({});
  expect(outcome.reading.all?.count).toBeGreaterThan(READERS * 10);
  expect(outcome.reading.all?.p95Ms).toBeLessThanOrEqual(1_000);
});

test('events are still visible within a second of their sending', () => {
  expect(outcome.read.events).toBeGreaterThan(EVENTS_PER_SECOND * SECONDS * 0.8);
  expect(outcome.read.p95Ms).toBeLessThanOrEqual(1_000);
});
