import { describe, expect, test } from 'vitest';
import type { Traces } from './api/trace-schema.ts';
import { openPipeline } from './testing/pipeline-world.ts';
import { PUBLISHED } from './testing/seed-builds.ts';
import { WEB_EVENTS } from './testing/seed-pipeline.ts';

const pipeline = openPipeline();
const { ask } = pipeline;

describe('the trace', () => {
  const stepsOf = ({ traces }: Traces, at = 0): string[] =>
    traces[at]?.steps.map((step) => `${step.hop} ${step.at ?? '-'} ${step.detail}`) ?? [];

  test('of a web event: from its own time to the publication, repeats once', async () => {
    const found = await ask<Traces>(`/api/pipeline/trace?id=${WEB_EVENTS[0].eventId}`);
    expect(found.traces).toHaveLength(1);
    expect(found.traces[0]?.key).toEqual({
      source: 'outlet',
      day: '2026-03-14',
      user_key: 'u0',
      event_id: WEB_EVENTS[0].eventId,
    });
    expect(stepsOf(found)).toEqual([
      'event 2026-03-14T11:58:00.000Z ',
      'kafka 2026-03-14T11:58:00.020Z website_events/0 offset 1',
      'postgres 2026-03-14T11:58:00.060Z stream.web_events',
      'clickhouse 2026-03-14T11:58:02.000Z raw.web_events',
      `publication 2026-03-14T06:01:30.000Z read by ${PUBLISHED}`,
    ]);
  });

  test('an event that the warehouse does not hold yet is found among the newest', async () => {
    const found = await ask<Traces>(`/api/pipeline/trace?id=${WEB_EVENTS[1].eventId}`);
    expect(stepsOf(found).slice(2)).toEqual([
      'postgres 2026-03-14T11:59:00.060Z stream.web_events',
      'clickhouse - not in raw.web_events',
      `publication 2026-03-14T06:01:30.000Z read by ${PUBLISHED}`,
    ]);
  });

  test('an event that Postgres lost is found in the warehouse', async () => {
    const found = await ask<Traces>(`/api/pipeline/trace?id=${WEB_EVENTS[2].eventId}`);
    expect(stepsOf(found).slice(2)).toEqual([
      'postgres - not in stream.web_events',
      'clickhouse 2026-03-14T10:00:02.000Z raw.web_events',
      `publication - not read by ${PUBLISHED} yet`,
    ]);
  });

  test('of an order: every change, its events, and what the ledger found', async () => {
    const found = await ask<Traces>('/api/pipeline/trace?id=d13o0');
    expect(found.traces.map(({ table, key }) => `${table} ${Object.values(key).join(' ')}`)).toEqual([
      'sales.order_status_history outlet d13o0 d13o0-1',
      'sales.order_status_history outlet d13o0 d13o0-2',
      'sales.orders outlet d13o0',
    ]);
    expect(stepsOf(found, 2)).toEqual([
      'commit 2026-03-14T11:00:01.100000Z created',
      'change topic 2026-03-14T11:00:01.400Z partition 3 offset 41',
      'commit 2026-03-14T11:58:31.100000Z updated',
      'change topic 2026-03-14T11:58:31.400Z partition 3 offset 42',
      'postgres - no row in sales.orders',
      'clickhouse - raw.sales_orders_current, of the last change',
      `publication - not read by ${PUBLISHED} yet`,
    ]);
    expect(found.findings).toMatchObject([{ table: 'sales.orders', kind: 'altered' }]);
  });

  test('of a customer that only Postgres has; never with a name', async () => {
    await pipeline.db.pool.query(
      `INSERT INTO crm.customers (source, customer_id, first_name, last_name, email, geography, date_opened)
       VALUES ('outlet', 'only here', 'Private', 'Person', 'private@example.com', 'US', '2026-01-01')`,
    );
    const found = await ask<Traces>('/api/pipeline/trace?id=only%20here');
    expect(found.traces[0]).toMatchObject({
      table: 'crm.customers',
      key: { source: 'outlet', customer_id: 'only here' },
    });
    expect(stepsOf(found).map((step) => step.replace(/ \S+Z /, ' then '))).toEqual([
      'postgres then crm.customers, as it stands now',
      'clickhouse - no row in raw.crm_customers_current',
    ]);
    expect(JSON.stringify(found)).not.toMatch(/private/i);
  });

  test('of a refused message', async () => {
    const found = await ask<Traces>('/api/pipeline/trace?id=refused-1');
    expect(found.traces).toEqual([]);
    expect(found.letters).toMatchObject([
      { code: 'unknown_event_type', position: { topic: 'website_events', partition: 0, offset: 7 }, source: 'outlet' },
    ]);
    expect(JSON.stringify(found)).not.toContain('private');
  });

  test.each(['nobody', 'outlet', "x'; DROP TABLE sales.orders; --", '%', '🦆'])('of %s: nothing', async (id) => {
    const found = await ask<Traces>(`/api/pipeline/trace?id=${encodeURIComponent(id)}`);
    expect(found).toMatchObject({
      id,
      traces: [],
      letters: [],
      findings: expect.any(Array) as unknown,
      warehouseProblem: null,
    });
  });

  test('reads few granules of a large log, by the index of ids', async () => {
    await pipeline.warehouse.clickhouse.command(`
      INSERT INTO raw.web_events (source, day, user_key, event_id, is_identified, event_time, event_type, schema_version,
        _partition, _offset, _kafka_time)
      SELECT 'busy', '2026-03-01', toString(number), toString(generateUUIDv4(number)), true, '2026-03-01 10:00:00', 'page_view',
        1, 1, number, '2026-03-01 10:00:00' FROM numbers(500000)`);
    const plan = await pipeline.warehouse.clickhouse.query<{ explain: string }>(
      `EXPLAIN indexes = 1 SELECT user_key FROM raw.web_events WHERE event_id = '${WEB_EVENTS[0].eventId}'`,
    );
    const text = plan.map(({ explain }) => explain).join('\n');
    const [, read, all] = /Name: event_id[\s\S]*?Granules: (\d+)\/(\d+)/.exec(text) ?? [];
    expect(Number(all)).toBeGreaterThan(50);
    expect(Number(read)).toBeLessThan(Number(all) / 4);
  });
});
