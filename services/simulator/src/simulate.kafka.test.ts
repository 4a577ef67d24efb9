import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEADERS } from '@ebb/contracts';
import { createKafka, ensureTopics } from '@ebb/kafka';
import { testKafka, uniqueName } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcome, runSimulatorProcess, startSimulator } from './testing/simulator-process.ts';
import { readTopics } from './testing/read-topics.ts';

const directory = mkdtempSync(join(tmpdir(), 'ebb-simulator-'));
const web = uniqueName('website');
const purchase = uniqueName('purchase');
const dead = uniqueName('dead');
const { brokers } = testKafka();
const env = {
  EBB_KAFKA_BROKERS: brokers.join(','),
  EBB_TOPIC_WEBSITE_EVENTS: web,
  EBB_TOPIC_PURCHASE_EVENTS: purchase,
  EBB_TOPIC_DEAD_LETTERS: dead,
  EBB_HOME: directory,
  EBB_LOG_LEVEL: 'warn',
};

beforeAll(async () => {
  const topics = [web, purchase, dead].map((name) => ({ name, partitions: 3, replicationFactor: 1, config: {} }));
  await ensureTopics(createKafka({ brokers, clientId: 'test' }), topics);
});
afterAll(() => rmSync(directory, { recursive: true }));

function ackedIds(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const { web, purchase } = JSON.parse(line) as { web: string[]; purchase: string[] };
    return [...web, ...purchase];
  });
}

function idsIn(values: string[]): string[] {
  return values.map((value) => (JSON.parse(value) as { event_id: string }).event_id);
}

describe('the simulator as a process', () => {
  test('sends exactly as many events as asked for and logs each as acknowledged', async () => {
    const ackLog = join(directory, 'acks.ndjson');
    const args = ['simulate', 'shop', '--count', '10000', '--speed', 'max', '--customers', '2000', '--json'];
    const done = await runSimulatorProcess([...args, '--ack-log', ackLog], env);
    expect([done.code, done.errors]).toEqual([0, '']);
    const counts = JSON.parse(done.output) as { web: number; purchase: number };
    expect(counts.web + counts.purchase).toBe(10_000);
    const [webValues, purchaseValues] = [await readTopics(brokers, [web]), await readTopics(brokers, [purchase])];
    expect([webValues.length, purchaseValues.length]).toEqual([counts.web, counts.purchase]);
    const stored = new Set(idsIn([...webValues, ...purchaseValues]));
    expect(stored.size).toBe(10_000);
    expect(new Set(ackedIds(ackLog))).toEqual(stored);
  });

  test('stopped by SIGTERM, has sent everything that it says was acknowledged', async () => {
    const ackLog = join(directory, 'stopped.ndjson');
    const args = ['simulate', 'shop', '--rate', '3000', '--customers', '2000', '--session-gap', '1s', '--seed', 'stop'];
    const child = startSimulator([...args, '--ack-log', ackLog], { ...env, EBB_LOG_LEVEL: 'info' });
    const end = outcome(child);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('"progress"')) resolve();
      });
      child.once('exit', () => resolve());
    });
    child.kill('SIGTERM');
    expect((await end).code).toBe(0);
    const acked = ackedIds(ackLog);
    const stored = new Set(idsIn(await readTopics(brokers, [web, purchase])));
    expect(acked.length).toBeGreaterThan(0);
    expect(acked.filter((id) => !stored.has(id))).toEqual([]);
  });

  test('wrong arguments end it with status 2 and every reason', async () => {
    const done = await runSimulatorProcess(['simulate', 'shop', '--rate', 'x', '--world', 'flat'], env);
    expect(done.code).toBe(2);
    expect(done.errors).toMatch(/--rate.*--world/s);
    expect((await runSimulatorProcess(['simulate', 'nothing'], env)).code).toBe(2);
    expect((await runSimulatorProcess(['dance'], env)).code).toBe(2);
  });

  test('the same options give the same bytes, whatever the machine does meanwhile', async () => {
    const common = [
      'simulate',
      'shop',
      '--start',
      '2026-10-01',
      '--speed',
      'max',
      '--count',
      '3000',
      '--customers',
      '500',
    ];
    const faults = ['--duplicates', '0.05', '--late', '0.05', '--malformed', '0.02', '--future', '0.01'];
    const [first, again] = await Promise.all([
      runSimulatorProcess([...common, ...faults, '--out', '-'], env),
      runSimulatorProcess([...common, ...faults, '--out', '-'], env),
    ]);
    expect(first.output.length).toBeGreaterThan(100_000);
    expect(first.output === again.output).toBe(true);
  });
});

describe('a replay', () => {
  test('sends bad lines to the dead letters and marks documents as history', async () => {
    const fixture = join(import.meta.dirname, '..', 'fixtures', 'damaged.csv');
    const done = await runSimulatorProcess(['replay', 'online-retail', fixture, '--json'], env);
    expect(JSON.parse(done.output)).toMatchObject({ documents: 2, badLines: 7, stopped: false });
    const letters = (await readTopics(brokers, [dead])).map(
      (value) => JSON.parse(value) as { code: string; kind: string },
    );
    expect(letters.map((letter) => letter.code).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'bad_invoice_date',
      'bad_price',
      'bad_quantity',
      'missing_invoice',
      'missing_stock_code',
      'not_csv',
      'wrong_column_count',
    ]);
    expect(new Set(letters.map((letter) => letter.kind))).toEqual(new Set(['file']));
    expect(HEADERS.replay).toBe('ebb-replay');
  });
});
