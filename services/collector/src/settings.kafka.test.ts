import { createWriteKey, revokeWriteKey } from '@ebb/postgres';
import {
  eventually,
  startTcpProxy,
  type TcpProxy,
  testKafka,
  testPostgres,
  type TestPostgres,
  throughProxy,
} from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from './testing/collector-kit.ts';
import { pageView, refusalCode, send } from './testing/events.ts';
import { readTopic } from './testing/read-topic.ts';

const { brokers } = testKafka();
let database: TestPostgres;
let proxy: TcpProxy;
let collector: TestCollector;

beforeAll(async () => {
  database = await testPostgres();
  const url = new URL(database.url);
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  collector = await startTestCollector({
    brokers,
    pool: database.pool,
    postgresUrl: throughProxy(database.roleUrl('ebb_collector'), proxy),
    // The default, which the promise of five seconds is about.
    settings: { EBB_COLLECTOR_SETTINGS_REFRESH_MS: '2000' },
  });
});

afterAll(async () => {
  await collector.close();
  await proxy.cut();
});

const statusWith = async (key: string): Promise<number> => (await send(collector.url, pageView(), { key })).status;

async function metricValue(name: string): Promise<number> {
  const line = (await collector.metrics()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

describe('write keys', () => {
  test('a revoked key is refused within seconds, and a new one taken', async () => {
    const { key, id } = await createWriteKey(database.pool, { name: 'short-lived' });
    await eventually(async () => (await statusWith(key)) === 202);
    await revokeWriteKey(database.pool, id);
    await eventually(async () => expect(await statusWith(key)).toBe(401));
  });

  test('a key’s rate answers 429 with the time to wait, and takes events again afterwards', async () => {
    const { key } = await createWriteKey(database.pool, { name: 'slow', ratePerSecond: 5, burst: 20 });
    await eventually(async () => (await statusWith(key)) === 202);
    const batch = Array.from({ length: 20 }, () => pageView());
    await eventually(async () => (await send(collector.url, batch, { key })).status === 202);
    const refused = await send(collector.url, batch, { key });
    expect([refused.status, await refusalCode(refused)]).toEqual([429, 'rate_limited']);
    expect(['1', '2', '3', '4']).toContain(refused.headers.get('retry-after'));
    await eventually(async () => (await send(collector.url, batch, { key })).status === 202, { intervalMs: 200 });
  });
});

describe('while Postgres is away', () => {
  test('the last keys stay valid, the metrics tell, and changes arrive once it is back', async () => {
    const { key, id } = await createWriteKey(database.pool, { name: 'during-outage' });
    await eventually(async () => (await statusWith(key)) === 202);
    await proxy.cut();
    await revokeWriteKey(database.pool, id);
    await eventually(async () => (await metricValue('ebb_collector_settings_refresh_failures_total')) >= 1);
    await eventually(async () => (await metricValue('ebb_collector_settings_age_seconds')) > 2);
    expect(await statusWith(key)).toBe(202);
    expect((await fetch(`${collector.url}/healthz/ready`)).status).toBe(200);
    await proxy.restore();
    await eventually(async () => (await statusWith(key)) === 401);
    await eventually(async () => (await metricValue('ebb_collector_settings_age_seconds')) < 3);
  });

  test('a collector that never read its keys says 503, not 401, and starts working by itself', async () => {
    await proxy.cut();
    const starting = startTestCollector({
      brokers,
      pool: database.pool,
      postgresUrl: throughProxy(database.roleUrl('ebb_collector'), proxy),
      topics: collector.topics,
      onListening: async (url) => {
        const response = await send(url, pageView(), { key: collector.key });
        expect([response.status, await refusalCode(response)]).toEqual([503, 'unavailable']);
        expect(response.headers.get('retry-after')).not.toBeNull();
        const ready = await fetch(`${url}/healthz/ready`);
        expect([ready.status, await ready.json()]).toMatchObject([503, { ready: false }]);
        await proxy.restore();
      },
    });
    const late = await starting;
    expect((await send(late.url, pageView(), { key: late.key })).status).toBe(202);
    await late.close();
  });
});

test('a new policy version is stamped on events once it is in force', async () => {
  const customTypes = { wishlist_add: { properties: { product: { type: 'string', required: true } } } };
  const event = pageView({ event_id: 'wish', event_type: 'wishlist_add', properties: { product: 'P001' } });
  const before = (await (await send(collector.url, event, { key: collector.key })).json()) as { accepted: number };
  expect(before.accepted).toBe(0);
  await database.pool.query(
    'INSERT INTO ops.policies (version, raw_retention_days, custom_types, effective_from) VALUES (2, 400, $1, now())',
    [JSON.stringify(customTypes)],
  );
  await eventually(async () => {
    const answer = (await (await send(collector.url, event, { key: collector.key })).json()) as { accepted: number };
    return answer.accepted === 1;
  });
  const messages = await readTopic(brokers, collector.topics.websiteEvents);
  const stamped = messages.filter(({ text }) => text.includes('"wish"')).map(({ headers }) => headers['ebb-policy']);
  expect(new Set(stamped)).toEqual(new Set(['2']));
});
