import { SeededRandom, sleep } from '@ebb/core';
import { eventually, testPostgres, type TestPostgres, uniqueName } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import { createTopics, isDrained, startAggregator, type TestTopics } from './testing/harness.ts';
import { findDifferences, loadProduced } from './testing/reference.ts';
import { makeWorld, type TestMessage, type World } from './testing/world.ts';

const TIMEOUT_MS = 180_000;

async function createDatabase(timezone: string): Promise<TestPostgres> {
  const database = await testPostgres();
  await database.pool.query(
    `INSERT INTO ops.settings VALUES ('business_timezone', $1) ON CONFLICT (key) DO UPDATE SET value = $1`,
    [timezone],
  );
  return database;
}

/** In pieces, so that reading, rebalances and failures happen meanwhile; `between` is called after each. */
async function produce(topics: TestTopics, world: World, between: (piece: number) => Promise<void>): Promise<void> {
  const pieces = 10;
  const piece = (all: TestMessage[], index: number): TestMessage[] =>
    all.slice(Math.floor((all.length * index) / pieces), Math.floor((all.length * (index + 1)) / pieces));
  for (let index = 0; index < pieces; index += 1) {
    await topics.producer.sendBatch([
      { topic: topics.website, messages: piece(world.web, index) },
      { topic: topics.purchase, messages: piece(world.purchases, index) },
    ]);
    await between(index);
  }
}

async function terminateLanes(database: TestPostgres): Promise<void> {
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'stream-aggregator lane%'`,
  );
}

async function expectExact(database: TestPostgres, timezone: string): Promise<void> {
  expect(await findDifferences(database.pool, timezone)).toEqual({});
}

describe('live KPIs equal one SQL over everything that was produced', () => {
  test.each(['UTC', 'Asia/Kolkata'])(
    'shuffled, repeated and late, with garbage, two instances, rebalances and lost connections (%s)',
    { timeout: TIMEOUT_MS },
    async (timezone) => {
      const [database, topics] = await Promise.all([createDatabase(timezone), createTopics(4)]);
      const random = new SeededRandom(`chaos ${timezone}`);
      const world = makeWorld({ seed: timezone, webEvents: 4_000, orders: 600, nowMs: Date.now() });
      const start = { topics, group: uniqueName('group'), env: { EBB_AGGREGATOR_BATCH_MESSAGES: '300' } };
      const first = await startAggregator(database, start);
      let second = await startAggregator(database, start);
      await produce(topics, world, async (piece) => {
        if (random.bool(0.5)) await terminateLanes(database);
        if (piece % 3 === 1) {
          await second.stop();
          second = await startAggregator(database, start);
        }
        await sleep(random.int(300));
      });
      await first.stop();
      await eventually(() => isDrained(database, topics), { timeoutMs: 60_000, intervalMs: 200 });
      await second.stop();
      await topics.close();

      await loadProduced(database.pool, 'produced_web', world.web);
      await loadProduced(database.pool, 'produced_purchases', world.purchases);
      await expectExact(database, timezone);
      const { rows } = await database.pool.query('SELECT count(*)::integer AS n FROM stream.dead_letters');
      expect(rows[0].n).toBe([...world.web, ...world.purchases].filter(({ isValid }) => !isValid).length);

      // What is recomputed from the stored rows is the same again.
      await database.pool.query(
        'SELECT kpi.rebuild_day(day) FROM (SELECT day FROM kpi.web_day UNION SELECT day FROM kpi.order_day) d',
      );
      await expectExact(database, timezone);
    },
  );
});
