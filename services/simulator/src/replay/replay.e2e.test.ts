import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostEnvironment } from '@ebb/config';
import { topicDefinitions } from '@ebb/contracts';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { createKafka, ensureTopics, topicOffsets } from '@ebb/kafka';
import type { PoolClient } from '@ebb/postgres';
import { eventually, startPrivateKafka, testPostgres } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcome, runSimulatorProcess, startSimulator } from '../testing/simulator-process.ts';
import { type RecountedDay, recountFiles } from './recount.ts';

const AGGREGATOR = fileURLToPath(new URL('../../../stream-aggregator/src/main.ts', import.meta.url));
const YEAR_1 = ONLINE_RETAIL_YEAR_1.path;
const SHIFTED_TO = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const KILL_WITHIN = { timeoutMs: 60_000, intervalMs: 20 };
const STORED_WITHIN = { timeoutMs: 90_000, intervalMs: 500 };

/** The whole way: file → simulator process → Kafka → aggregator process → Postgres. */
describe('year 1 through the stack', () => {
  const home = mkdtempSync(join(tmpdir(), 'ebb-replay-'));
  let aggregator: ChildProcess;
  let query: Pick<PoolClient, 'query'>;
  let env: Record<string, string>;

  beforeAll(async () => {
    const [broker, postgres] = await Promise.all([startPrivateKafka(), testPostgres()]);
    const kafka = createKafka({ brokers: broker.brokers, clientId: 'test' });
    await ensureTopics(kafka, topicDefinitions({ partitions: 6, retentionDays: 7, replicationFactor: 1 }));
    query = postgres.pool;
    env = { EBB_KAFKA_BROKERS: broker.brokers.join(','), EBB_HOME: home, EBB_LOG_LEVEL: 'warn' };
    aggregator = spawn(process.execPath, [AGGREGATOR], {
      env: {
        ...hostEnvironment(),
        ...env,
        EBB_POSTGRES_URL: postgres.roleUrl('ebb_aggregator'),
        EBB_AGGREGATOR_PORT: '0',
      },
      stdio: 'inherit',
    });
  }, 120_000);

  afterAll(async () => {
    if (aggregator.exitCode === null) {
      aggregator.kill('SIGTERM');
      await once(aggregator, 'exit');
    }
    rmSync(home, { recursive: true });
  });

  async function liveDays(): Promise<Omit<RecountedDay, 'credit_notes' | 'adjustments'>[]> {
    const { rows } = await query.query(
      `SELECT day::text, total_orders::int, gross_amount, credit_amount, adjustment_amount, net_amount
       FROM kpi.order_day WHERE source = 'retail' ORDER BY day`,
    );
    return rows as Omit<RecountedDay, 'credit_notes' | 'adjustments'>[];
  }

  async function expectRecount(lastDay?: string): Promise<void> {
    const { days } = await recountFiles([YEAR_1], lastDay);
    const wanted = days.map(({ credit_notes: _c, adjustments: _a, ...day }) => day);
    const live = await liveDays();
    const byDay = new Map(live.map((day) => [day.day, day]));
    expect(wanted.map((day) => byDay.get(day.day))).toEqual(wanted);
    const others = live.filter((day) => !wanted.some((other) => other.day === day.day));
    // Days that documents have moved away from stay as rows of zeros.
    const amounts = others.map(
      (day) => Number(day.gross_amount) || Number(day.net_amount) || Number(day.adjustment_amount),
    );
    expect(amounts.filter((amount) => amount !== 0)).toEqual([]);
  }

  async function stored(kind: 'orders' | 'order_status_history'): Promise<number> {
    const { rows } = await query.query(`SELECT count(*)::int AS count FROM sales.${kind} WHERE source = 'retail'`);
    return (rows[0] as { count: number }).count;
  }

  async function untilHandled(): Promise<void> {
    const kafka = createKafka({ brokers: [env['EBB_KAFKA_BROKERS'] ?? ''], clientId: 'test' });
    await eventually(async () => {
      const ends = await topicOffsets(kafka, 'purchase_events');
      const { rows } = await query.query(
        "SELECT partition, next_offset FROM stream.consumer_offsets WHERE topic = 'purchase_events' ORDER BY partition",
      );
      const positions = new Map(
        (rows as { partition: number; next_offset: string }[]).map((r) => [r.partition, r.next_offset]),
      );
      expect(ends.map((end) => positions.get(end.partition) ?? '0')).toEqual(ends.map((end) => String(end.high)));
    }, STORED_WITHIN);
  }

  const replay = ['replay', 'online-retail', YEAR_1, '--json'];

  test('killed in the middle and resumed, gives the days of the recount to the last digit', async () => {
    const first = startSimulator([...replay, '--speed', '5000000'], env);
    await eventually(() => {
      const directory = join(home, 'replay');
      expect(existsSync(directory) && readdirSync(directory).some((name) => name.endsWith('.json'))).toBe(true);
      return Promise.resolve();
    }, KILL_WITHIN);
    first.kill('SIGKILL');
    await outcome(first);
    const resumed = await runSimulatorProcess(replay, env);
    const summary = JSON.parse(resumed.output) as { documents: number; resumedAfter: number };
    expect(summary.documents).toBe(28_816);
    expect(summary.resumedAfter).toBeGreaterThan(0);
    expect(summary.resumedAfter).toBeLessThan(28_816);
    await untilHandled();
    expect(await stored('orders')).toBe(28_816);
    await expectRecount();
  });

  test('a second replay changes nothing', async () => {
    const before = [await liveDays(), await stored('order_status_history')];
    const again = await runSimulatorProcess(replay, env);
    expect(JSON.parse(again.output)).toMatchObject({ documents: 28_816, resumedAfter: 0 });
    await untilHandled();
    expect([await liveDays(), await stored('order_status_history')]).toEqual(before);
  });

  test('shifted so that the last day is yesterday, every document moves there', async () => {
    const done = await runSimulatorProcess([...replay, '--shift-to', SHIFTED_TO], env);
    expect(done.code).toBe(0);
    await untilHandled();
    expect(await stored('orders')).toBe(28_816);
    await expectRecount(SHIFTED_TO);
  });
});
