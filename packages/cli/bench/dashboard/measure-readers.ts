import { once } from 'node:events';
import { EbbError } from '@ebb/core';
import { describedEndpoints } from '@ebb/testing';
import { type LatencyResult, measureLatency, withCommitTimestamps } from '../../src/bench/latency.ts';
import type { PrivateStack } from '../../src/private-stack.ts';
import { readChoices } from './choices.ts';
import { measurePages, type PageSpeed } from './page-speed.ts';
import { type ReadingReport, reportReadings } from './reading-report.ts';
import { type Reading, type ReadersOptions, runReaders } from './run-readers.ts';
import { pagesOf } from './visits.ts';

export interface ReadersPlan {
  readonly readers: number;
  readonly seconds: number;
  /** Web events that stream in meanwhile. */
  readonly eventsPerSecond: number;
  readonly print: (line: string) => void;
}

export interface ReadersOutcome {
  readonly pages: readonly PageSpeed[];
  readonly reading: ReadingReport;
  /** Sent → visible in Postgres, without a reader and with them all. */
  readonly alone: LatencyResult;
  readonly read: LatencyResult;
}

const SEED = 'readers';

/** On a stack with the demo's data: pages in a browser, then events without readers, then the same with them. */
export async function measureReaders(stack: PrivateStack, plan: ReadersPlan): Promise<ReadersOutcome> {
  await fillLikeDemo(stack);
  await withCommitTimestamps(stack);
  const { url } = (await stack.status()).dashboard;
  plan.print('pages, one after the other');
  const pages = await measurePages(url);
  plan.print(`${plan.eventsPerSecond} events a second, ${plan.seconds} s`);
  const alone = await measureLatency(stack, plan.eventsPerSecond, plan.seconds, 'alone');
  plan.print(`the same with ${plan.readers} readers`);
  const options = { ...(await readersOf(url)), readers: plan.readers, seed: SEED };
  const readings: Reading[] = [];
  const done = new AbortController();
  const reading = runReaders(options, done.signal, (one) => readings.push(one));
  const read = await measureLatency(stack, plan.eventsPerSecond, plan.seconds, 'read').finally(() => done.abort());
  await reading;
  return { pages, reading: reportReadings(readings), alone, read };
}

/** What readers of a dashboard ask, and choose among. */
export async function readersOf(url: string): Promise<Pick<ReadersOptions, 'url' | 'pages' | 'choices'>> {
  return { url, pages: pagesOf(await describedEndpoints(url)), choices: await readChoices(url) };
}

/** A stack that ran before the demo stays up after it. */
export async function fillLikeDemo(stack: PrivateStack): Promise<void> {
  const demo = stack.commands.start(['demo'], { DEMO_EXIT: 'on' });
  const [code] = await once(demo, 'close');
  if (code !== 0) throw new EbbError('COMMAND_FAILED', `ebb demo ended with ${String(code)}`);
}

export function streamingLines({ alone, read }: Pick<ReadersOutcome, 'alone' | 'read'>): string[] {
  return [
    '| sent → visible in Postgres | p50 ms | p95 ms | p99 ms | max ms |',
    '| --- | ---: | ---: | ---: | ---: |',
    delayRow('without readers', alone),
    delayRow('with readers', read),
    `with readers / without, p50 and p95: ${(read.p50Ms / alone.p50Ms).toFixed(2)} and ${(read.p95Ms / alone.p95Ms).toFixed(2)}`,
  ];
}

function delayRow(name: string, { p50Ms, p95Ms, p99Ms, maxMs }: LatencyResult): string {
  return `| ${[name, ...[p50Ms, p95Ms, p99Ms, maxMs].map((ms) => ms.toFixed(0))].join(' | ')} |`;
}
