import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostEnvironment } from '@ebb/config';
import { topicDefinitions } from '@ebb/contracts';
import { createKafka, ensureTopics } from '@ebb/kafka';
import { createWriteKey } from '@ebb/postgres';
import { startPrivateKafka, testPostgres } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTopics } from './testing/read-topics.ts';
import { runSimulatorProcess } from './testing/simulator-process.ts';

const COLLECTOR = fileURLToPath(new URL('../../collector/src/main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'ebb-simulate-'));
let collector: ChildProcess;
let brokers: string[];
let env: Record<string, string>;

beforeAll(async () => {
  const [broker, postgres] = await Promise.all([startPrivateKafka(), testPostgres()]);
  ({ brokers } = broker);
  const definitions = topicDefinitions({ partitions: 3, retentionDays: 7, replicationFactor: 1 });
  await ensureTopics(createKafka({ brokers, clientId: 'test' }), definitions);
  const { key } = await createWriteKey(postgres.pool, {
    name: 'simulator',
    ratePerSecond: 1_000_000,
    burst: 1_000_000,
  });
  collector = spawn(process.execPath, [COLLECTOR], {
    env: {
      ...hostEnvironment(),
      EBB_KAFKA_BROKERS: brokers.join(','),
      EBB_POSTGRES_URL: postgres.roleUrl('ebb_collector'),
      EBB_COLLECTOR_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  env = { EBB_HOME: home, EBB_LOG_LEVEL: 'warn', EBB_COLLECTOR_URL: await addressOf(collector), EBB_WRITE_KEY: key };
}, 120_000);

afterAll(async () => {
  if (collector.exitCode === null) {
    collector.kill('SIGTERM');
    await once(collector, 'exit');
  }
  rmSync(home, { recursive: true });
});

/** The collector logs the address that it took. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the collector ended with ${String(code)}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as { event: string; url?: string };
      if (entry.event === 'listening') resolve(entry.url ?? '');
    });
  });
}

test('through the collector every event arrives once, garbage is refused', async () => {
  const args = ['simulate', 'shop', '--via', 'collector', '--count', '5000', '--speed', 'max', '--customers', '20000'];
  const done = await runSimulatorProcess([...args, '--malformed', '0.02', '--json'], env);
  expect([done.code, done.errors]).toEqual([0, '']);
  const counts = JSON.parse(done.output) as { web: number; purchase: number; malformed: number };
  expect(counts.malformed).toBeGreaterThan(0);
  const web = await readTopics(brokers, ['website_events']);
  const purchases = await readTopics(brokers, ['purchase_events']);
  expect([web.length, purchases.length]).toEqual([counts.web, counts.purchase]);
  const ids = [...web, ...purchases].map((value) => (JSON.parse(value) as { event_id: string }).event_id);
  expect(new Set(ids).size).toBe(5_000);
});

test('a refused key ends the simulation with the reason', async () => {
  const args = ['simulate', 'web', '--via', 'collector', '--count', '10', '--speed', 'max', '--customers', '100'];
  const done = await runSimulatorProcess(args, { ...env, EBB_WRITE_KEY: 'ebb_wk_wrong' });
  expect(done.code).toBe(1);
  expect(done.errors).toMatch(/answers 401/);
});
