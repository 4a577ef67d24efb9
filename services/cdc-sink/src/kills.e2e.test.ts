import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { SeededRandom, sleep } from '@ebb/core';
import {
  eventually,
  startTcpProxy,
  testClickhouse,
  testKafka,
  testPostgres,
  throughProxy,
  uniqueName,
} from '@ebb/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createTopics, isDrained, type SinkSetting, sinkEnvironment } from './testing/harness.ts';
import { storedEvents, WebWorld } from './testing/web-world.ts';

const MAIN = join(import.meta.dirname, 'testing/sink-main.ts');

/** A sink in a process of its own; resolves when it is killed. */
function startProcess(setting: SinkSetting, env: Record<string, string>): { kill(): Promise<void> } {
  const { website, deadLetters, capturedPrefix } = setting.topics;
  const child = spawn(process.execPath, [MAIN, website, deadLetters, capturedPrefix], {
    env: { ...hostEnvironment(), ...sinkEnvironment(setting), EBB_LOG_LEVEL: 'fatal', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return { kill };
}

test('sink and ClickHouse killed, and the connection between them cut, under load: every event once', async () => {
  const [database, clickhouse, topics] = await Promise.all([testPostgres(), testClickhouse(), createTopics(3)]);
  onTestFinished(() => topics.close());
  const setting: SinkSetting = {
    database,
    clickhouse,
    topics,
    brokers: testKafka().brokers,
    group: uniqueName('group'),
  };
  const { hostname: host, port } = new URL(clickhouse.url);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  onTestFinished(() => proxy.cut());
  const env = { EBB_CLICKHOUSE_URL: throughProxy(clickhouse.url, proxy) };
  const world = new WebWorld('kills');
  const random = new SeededRandom('kills');
  const sender = new AbortController();
  const sending = (async () => {
    while (!sender.signal.aborted) {
      await topics.producer.send(topics.website, world.next(120));
      await sleep(25);
    }
  })();
  const newestStored = async (): Promise<number> => {
    const [row] = await clickhouse.clickhouse.query<{ stored: string }>(
      'SELECT max(_offset) AS stored FROM raw.web_events',
    );
    return Number(row?.stored ?? 0);
  };
  const goesOn = async (): Promise<void> => {
    const before = await newestStored();
    await eventually(async () => expect(await newestStored()).toBeGreaterThan(before), {
      timeoutMs: 60_000,
      intervalMs: 200,
    });
  };

  let sink = startProcess(setting, env);
  await goesOn();
  for (let round = 0; round < 2; round += 1) {
    await sleep(random.int(400));
    await sink.kill();
    sink = startProcess(setting, env);
    await goesOn();
    await sleep(random.int(400));
    await clickhouse.kill();
    await clickhouse.start();
    await goesOn();
    await sleep(random.int(400));
    await proxy.cut();
    await sleep(random.int(400));
    await proxy.restore();
    await goesOn();
  }
  sender.abort();
  await sending;
  await eventually(async () => expect(await isDrained(setting, topics.kafka, [topics.website])).toBe(true), {
    timeoutMs: 60_000,
    intervalMs: 100,
  });
  expect(await storedEvents(clickhouse)).toEqual(world.expected);
  await sink.kill();
}, 240_000);
