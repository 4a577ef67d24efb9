import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Clickhouse } from '@ebb/clickhouse';
import { createKafka } from '@ebb/kafka';
import { DBT_PROJECT } from '@ebb/local-stack';
import { type TestBuild, type TestDbt, testDbt, testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import type { Stores } from '../compare/engines.ts';
import { copyLiveFigures } from './live-figures.ts';
import { checkMarts } from './marts-check.ts';
import { addTraffic, CHANGES, copyTables, rebuildDays, WEB_TOPIC } from './testing/traffic.ts';

let dbt: TestDbt;
let clickhouse: Clickhouse;
let postgres: TestPostgres;
let stores: Stores;

beforeAll(async () => {
  [dbt, postgres] = [await testDbt({ files: await liveProject() }), await testPostgres()];
  clickhouse = dbt.server.clickhouse;
  // Never connected: nothing here asks a topic.
  stores = { pool: postgres.pool, clickhouse, kafka: createKafka({ brokers: ['127.0.0.1:1'], clientId: 'none' }) };
}, 300_000);

/** What live_vs_batch is made of; the contracts and tests of the shop's models belong to their own test. */
const SHOP_MODELS = new Set([
  'stg_website_events.sql',
  'stg_purchase_events.sql',
  'int_web_events.sql',
  'int_session_parts.sql',
  'daily_web_kpis.sql',
  'daily_order_kpis.sql',
]);

async function liveProject(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const folder of ['models', 'tests', 'seeds']) {
    const entries = await readdir(join(DBT_PROJECT, folder), { recursive: true, withFileTypes: true });
    for (const { name, parentPath } of entries.filter((one) => one.isFile())) {
      const area = parentPath.split('/').at(-1);
      if (area !== 'live' && !(area === 'shop' && (folder === 'seeds' || SHOP_MODELS.has(name)))) continue;
      const text = await readFile(join(parentPath, name), 'utf8');
      const isOwn = area === 'live' || folder === 'seeds';
      found[relative(DBT_PROJECT, join(parentPath, name))] = isOwn
        ? text
        : text.replace(/contract=\{'enforced': true\}/, "contract={'enforced': false}");
    }
  }
  return found;
}

async function published(): Promise<TestBuild> {
  const build = await dbt.build({ asOf: '2026-03-06' });
  expect(build.publication, build.output).toMatchObject({ state: 'published' });
  return build;
}

async function states(): Promise<Record<string, number>> {
  const rows = await clickhouse.query<{ name: string; n: string }>(
    "SELECT concat(kpi, ' ', source, ' ', state) AS name, count() AS n FROM marts.live_vs_batch GROUP BY name ORDER BY name",
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]));
}

async function daysThat(state: string): Promise<string[]> {
  const rows = await clickhouse.query<{ name: string }>(
    `SELECT DISTINCT concat(kpi, ' ', toString(day)) AS name FROM marts.live_vs_batch
     WHERE state = {state: String} ORDER BY name`,
    { state },
  );
  return rows.map(({ name }) => name);
}

test('live = batch to the cent, the user and the session; what is under way is told from what is wrong', async () => {
  await addTraffic(postgres.pool);
  await rebuildDays(postgres.pool);
  await copyTables(postgres.pool, clickhouse);
  await copyLiveFigures(stores, WEB_TOPIC);
  await published();
  const all = await states();
  expect(Object.keys(all)).toEqual(['orders retail equal', 'orders shop equal', 'web retail equal', 'web shop equal']);
  // 5 days of 5 figures, 5 of 10 in each of two currencies.
  expect(all['web shop equal']).toBeGreaterThanOrEqual(25);
  expect(all['orders shop equal']).toBeGreaterThanOrEqual(100);
  expect(await checkMarts(stores)).toMatchObject({ findings: [] });

  // A live figure is wrong; then something happens that lands after the live figures were copied, and is taken in.
  await postgres.pool.query(
    "UPDATE kpi.order_day_parts SET gross_amount = gross_amount + 0.01 WHERE day = '2026-03-05'",
  );
  await copyLiveFigures(stores, WEB_TOPIC);
  await postgres.pool.query(CHANGES);
  await copyTables(postgres.pool, clickhouse);
  await published();
  expect(await daysThat('moving')).toEqual(['orders 2026-03-02', 'orders 2026-03-04', 'web 2026-03-03']);
  expect(await daysThat('differs')).toEqual(['orders 2026-03-05']);

  // And a row is lost between raw and the marts.
  await clickhouse.command(
    "DELETE FROM staging.stg_website_events WHERE day = '2026-03-01' AND sender_event_id = 'e7'",
  );
  const { findings, checked } = await checkMarts(stores);
  expect([...checked]).toHaveLength(3);
  const hop = 'clickhouse -> dbt -> marts';
  const [lost, ...live] = findings.toReversed();
  expect(lost).toMatchObject({ table: 'staging.stg_website_events', key: { day: '2026-03-01' }, kind: 'missing', hop });
  expect(new Set(live.map(({ table, key }) => `${table} ${key['day'] ?? ''}`))).toEqual(
    new Set(['marts.live_vs_batch 2026-03-05']),
  );
  expect(live[0]?.evidence).toHaveProperty(['figures', 'gross_amount']);
}, 900_000);
