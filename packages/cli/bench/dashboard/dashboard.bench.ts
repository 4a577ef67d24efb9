import { withPrivateStack } from '../../src/private-stack.ts';
import { measureReaders, streamingLines } from './measure-readers.ts';
import { pageLines } from './page-speed.ts';
import { reportLines } from './reading-report.ts';

/** Fifty readers of the dashboard for a minute on the demo's data while events stream in: what they wait, and what the stream does. */
const READERS = 50;
const SECONDS = 60;
const EVENTS_PER_SECOND = 500;
const MOST_P95_MS = 1_000;

await withPrivateStack('bench-dashboard', async (stack) => {
  const plan = { readers: READERS, seconds: SECONDS, eventsPerSecond: EVENTS_PER_SECOND };
  const outcome = await measureReaders(stack, { ...plan, print: (line) => console.log(line) });
  for (const lines of [pageLines(outcome.pages), reportLines(outcome.reading), streamingLines(outcome)]) {
    console.log(`\n${lines.join('\n')}`);
  }
  const isMissed =
    (outcome.reading.all?.p95Ms ?? Infinity) > MOST_P95_MS || Object.keys(outcome.reading.refused).length > 0;
  if (isMissed) process.exitCode = 1;
});
