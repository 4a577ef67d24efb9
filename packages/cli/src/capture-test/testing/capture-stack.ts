import { type Clickhouse, createClickhouse } from '@ebb/clickhouse';
import { must, sleep } from '@ebb/core';
import { createKafka, topicOffsets } from '@ebb/kafka';
import { createPool, type Pool } from '@ebb/postgres';
import { eventually } from '@ebb/testing';
import { compareTable } from '../../capture-check/compare-table.ts';
import { replayLog } from '../../capture-check/replay-log.ts';
import type { TableName } from '../../capture-check/table-shape.ts';
import { PART_NAMES, type PartName } from '../../stack/part.ts';
import { TestStack } from '../../stack/test-stack.ts';

/** Of a killed part, until the supervisor has started it again on a busy machine. */
const RESTART_TIMEOUT_MS = 60_000;
const HELD_MS = 1_500;
const RUNNING_MS = 700;
const MOST_SHOWN = 30;

/** A whole stack of a test's own, seen as a way from Postgres to ClickHouse. */
export class CaptureStack {
  readonly stack: TestStack;
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
  /** Of the superuser. */
  readonly postgresUrl: string;
  readonly brokers: string;

  private constructor(stack: TestStack, at: { postgresUrl: string; clickhouseUrl: string; brokers: string }) {
    this.stack = stack;
    this.postgresUrl = at.postgresUrl;
    this.brokers = at.brokers;
    this.pool = createPool({ url: at.postgresUrl, applicationName: 'ebb-capture-test', max: 4 });
    this.clickhouse = createClickhouse({ url: at.clickhouseUrl, applicationName: 'ebb-capture-test' });
  }

  static async start(env: Record<string, string> = {}): Promise<CaptureStack> {
    const stack = new TestStack(env);
    try {
      const up = await stack.run(['up']);
      if (up.code !== 0) throw new Error(up.output);
      const { postgres, kafka, clickhouse } = await stack.status();
      return new CaptureStack(stack, {
        postgresUrl: must(postgres.url, 'no address of Postgres'),
        clickhouseUrl: must(clickhouse.url, 'no address of ClickHouse'),
        brokers: must(kafka.brokers, 'no address of Kafka'),
      });
    } catch (error) {
      await stack.dispose();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.clickhouse.close();
    await this.pool.end();
    await this.stack.dispose();
  }

  /** `ebb …`; raises unless it exits 0. */
  async ebb(...args: string[]): Promise<string> {
    const { code, output } = await this.stack.run(args);
    if (code !== 0) throw new Error(`ebb ${args.join(' ')} ended with ${code}: ${output}`);
    return output;
  }

  /** kill -9, once the part runs (an earlier kill may have taken it down); the supervisor starts it again. */
  async kill(part: PartName): Promise<void> {
    const pid = await eventually(async () => must((await this.pids()).get(part), `${part} does not run`), {
      timeoutMs: RESTART_TIMEOUT_MS,
      intervalMs: 250,
    });
    process.kill(pid, 'SIGKILL');
  }

  /** Stops the part for a moment again and again while `work` goes on, as a busy machine would: it lags behind. */
  async heldUp<T>(part: PartName, work: () => Promise<T>): Promise<T> {
    const pid = must((await this.pids()).get(part), `${part} does not run`);
    const holding = new AbortController();
    const held = (async (): Promise<void> => {
      while (!holding.signal.aborted) {
        process.kill(pid, 'SIGSTOP');
        await sleep(HELD_MS, holding.signal);
        process.kill(pid, 'SIGCONT');
        await sleep(RUNNING_MS, holding.signal);
      }
    })();
    try {
      return await work();
    } finally {
      holding.abort();
      await held;
    }
  }

  /** Process ids of everything that runs now. */
  async pids(): Promise<Map<PartName, number>> {
    const status = await this.stack.status();
    return new Map(
      PART_NAMES.flatMap((name) => (status[name].pid === null ? [] : [[name, status[name].pid] as const])),
    );
  }

  /** Everything in which ClickHouse differs from Postgres: the current rows, and what the log comes to. */
  async differences(tables: readonly TableName[]): Promise<string[]> {
    const found: string[] = [];
    for (const table of tables) {
      for (const compare of [compareTable, replayLog]) {
        const { table: label, differences } = await compare(this.pool, this.clickhouse, table);
        found.push(...differences.map((difference) => `${label} ${difference}`));
      }
    }
    return found;
  }

  /** Waits until the sink has stored everything that stands in these topics now. */
  async untilConsumed(topics: readonly string[], timeoutMs: number): Promise<void> {
    const kafka = createKafka({ brokers: [this.brokers], clientId: 'ebb-capture-test' });
    const wanted = await Promise.all(
      topics.map(async (topic) => (await topicOffsets(kafka, topic)).map((at) => ({ topic, ...at }))),
    );
    const waiting = wanted.flat().filter(({ low, high }) => high > low);
    await eventually(
      async () => {
        const rows = await this.clickhouse.query<{ id: string; next: string }>(
          `SELECT concat(topic, '/', toString(partition)) AS id, max(next_offset) AS next FROM ops.sink_progress GROUP BY id`,
        );
        const done = new Map(rows.map(({ id, next }) => [id, BigInt(next)]));
        return waiting.every(({ topic, partition, high }) => (done.get(`${topic}/${partition}`) ?? 0n) >= high);
      },
      { timeoutMs, intervalMs: 250 },
    );
  }

  /** Waits until nothing differs any more; raises with what does, once it has been the same for so long. */
  async untilEqual(tables: readonly TableName[], stuckMs: number): Promise<void> {
    let last = '';
    let changedAtMs = Date.now();
    for (;;) {
      const found = (await this.differences(tables)).slice(0, MOST_SHOWN).join('\n');
      if (found === '') return;
      if (found !== last) changedAtMs = Date.now();
      last = found;
      if (Date.now() - changedAtMs > stuckMs) {
        const { output: status } = await this.stack.run(['cdc', 'status']);
        throw new Error(`the same for ${stuckMs} ms:\n${found}\n${status}`);
      }
      await sleep(500);
    }
  }
}
