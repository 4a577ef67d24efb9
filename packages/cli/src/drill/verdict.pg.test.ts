import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { judge } from './verdict.ts';

let database: TestPostgres;

beforeEach(async () => {
  database = await testPostgres();
  await database.pool.query(`SELECT stream.ensure_days(ARRAY['2026-03-01'::date]);
    INSERT INTO stream.web_events (event_time, _kafka_time, _offset, _partition, day, schema_version, is_identified,
        identity, event_id, user_key, source, event_type)
      SELECT '2026-03-01 10:00Z', now(), n, 0, '2026-03-01', 1, true, gen_random_uuid(), 'e' || least(n, 3), 'u' || n, 'shop', 'logout'
      FROM generate_series(1, 4) n`);
});

describe('judge', () => {
  it('names what was promised and is missing, and what is stored twice', async () => {
    const verdict = await judge(database.pool, { web: new Set(['e1', 'e2', 'e3', 'lost']), purchase: new Set(['p1']) });
    expect(verdict.wrong.toSorted()).toEqual([
      'e3 stored 2 times in stream.web_events',
      'lost stored 0 times in stream.web_events',
      'p1 stored 0 times in sales.order_status_history',
    ]);
    expect(verdict.isKept).toBe(false);
  });

  it('is not content with stored events whose KPIs are missing', async () => {
    const verdict = await judge(database.pool, { web: new Set(['e1']), purchase: new Set() });
    expect(verdict.wrong).toEqual([]);
    expect(verdict.isKept).toBe(false);
  });
});
