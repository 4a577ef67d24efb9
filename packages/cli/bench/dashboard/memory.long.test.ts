import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { must, sleep } from '@ebb/core';
import { anyFreePort } from '@ebb/local-stack';
import { eventually } from '@ebb/testing';
import { expect, test } from 'vitest';
import { type PrivateStack, withPrivateStack } from '../../src/private-stack.ts';
import { growthPerMinute } from '../../src/soak/percentiles.ts';
import { clickhouseUserUrl } from '../../src/stack/clickhouse-part.ts';
import { runningClickhouse, runningPostgres } from '../../src/stack/connection.ts';
import { REPOSITORY, stackHome } from '../../src/stack/home.ts';
import { roleUrl } from '../../src/stack/parts.ts';
import { InspectedProcess, type MemoryUse } from './inspected-process.ts';
import { fillLikeDemo, readersOf } from './measure-readers.ts';
import { reportReadings } from './reading-report.ts';
import { type Reading, runReaders } from './run-readers.ts';

/** Readers for half an hour on the demo's data while events stream in: the dashboard needs no more memory at the end. */

const env = hostEnvironment();
/** Fewer to try it out. */
const MINUTES = Number(env['EBB_READERS_MINUTES'] ?? '30');
const READERS = 20;
const EVENTS_PER_SECOND = 100;
const SAMPLE_MS = 10_000;
/** Of the memory there is, in ten minutes. */
const MOST_GROWTH = 0.01;
const MB = 1024 ** 2;

type Sample = MemoryUse & { readonly atMs: number };

const print = (line: string): void => void process.stdout.write(`${line}\n`);

test(`${MINUTES} minutes of ${READERS} readers: memory grows by less than 1 % in ten`, async () => {
  const { samples, readings } = await withPrivateStack('memory', readFor);
  const { refused, all } = reportReadings(readings);
  const growth = { heap: growthOf(samples, 'heap'), resident: growthOf(samples, 'resident') };
  print(`${readings.length} answers, p95 ${all?.p95Ms.toFixed(0) ?? '–'} ms; in ten minutes ${JSON.stringify(growth)}`);
  expect(refused).toEqual({});
  expect(growth.heap).toBeLessThan(MOST_GROWTH);
  expect(growth.resident).toBeLessThan(MOST_GROWTH);
});

async function readFor(stack: PrivateStack): Promise<{ samples: Sample[]; readings: Reading[] }> {
  await fillLikeDemo(stack);
  const { url, dashboard } = await startDashboard(stack);
  const readings: Reading[] = [];
  const done = new AbortController();
  try {
    stack.commands.start(['simulate', 'shop', '--rate', String(EVENTS_PER_SECOND)], { EBB_LOG_LEVEL: 'warn' });
    const options = { ...(await readersOf(url)), readers: READERS, seed: 'memory' };
    const reading = runReaders(options, done.signal, (one) => readings.push(one));
    const samples = await takeSamples(dashboard).finally(() => done.abort());
    await reading;
    return { samples, readings };
  } finally {
    await dashboard.stop();
  }
}

/** Beside the stack's own: one that can be told to collect its garbage. */
async function startDashboard({ home: folder }: PrivateStack): Promise<{ url: string; dashboard: InspectedProcess }> {
  const home = stackHome({ EBB_HOME: folder });
  const postgres = await runningPostgres(home);
  const clickhouse = await runningClickhouse(home);
  const port = await anyFreePort();
  const url = `http://127.0.0.1:${port}`;
  const dashboard = await InspectedProcess.start(join(REPOSITORY, 'services', 'dashboard', 'src', 'main.ts'), {
    ...env,
    EBB_POSTGRES_URL: roleUrl(postgres.secrets, postgres.port, 'ebb_dashboard'),
    EBB_CLICKHOUSE_URL: clickhouseUserUrl(clickhouse.secrets, clickhouse.port, 'ebb_dashboard'),
    EBB_DASHBOARD_PORT: String(port),
  });
  await eventually(async () => expect((await fetch(`${url}/healthz/ready`)).status).toBe(200));
  return { url, dashboard };
}

async function takeSamples(dashboard: InspectedProcess): Promise<Sample[]> {
  const samples: Sample[] = [];
  const endMs = Date.now() + MINUTES * 60_000;
  while (Date.now() < endMs) {
    await sleep(SAMPLE_MS);
    const sample = { atMs: Date.now(), ...(await dashboard.memory()) };
    samples.push(sample);
    if (samples.length % 6 === 0) {
      print(
        `${samples.length / 6} min: heap ${(sample.heap / MB).toFixed(1)} MB, resident ${(sample.resident / MB).toFixed(1)} MB`,
      );
    }
  }
  return samples;
}

/** Share by which memory grows in ten minutes, by least squares over the second half. */
function growthOf(samples: readonly Sample[], what: keyof MemoryUse): number {
  const points = samples.map((sample) => ({ atMs: sample.atMs, value: sample[what] }));
  const last = must(points.at(-1), 'a sample');
  return (10 * must(growthPerMinute(points), 'enough samples')) / last.value;
}
