import { DAY_MS, MINUTE_MS, SeededRandom } from '@ebb/core';
import type { Pool } from '@ebb/postgres';

/**
 * A made-up day of raw rows, the same for the same seed, and the KPI rows counted from them by SQL of its own: what
 * the aggregator would have stored. Minutes are UTC; the day is one of the zone UTC.
 */
export interface SeedDay {
  readonly source: string;
  readonly day: string;
  readonly seed: string;
  /** Events a minute at the day's peak. */
  readonly peak: number;
  /** Orders per 100 events, in each currency. */
  readonly currencies: Readonly<Record<string, number>>;
  /** Only minutes before this one of the day; all by default. */
  readonly untilMinute?: number;
}

const TYPES: readonly (readonly [string, number])[] = [
  ['page_view', 60],
  ['product_view', 20],
  ['add_to_cart', 10],
  ['checkout_success', 5],
  ['login', 2],
  ['logout', 1],
  ['search', 2],
];
const STATUSES: readonly (readonly [string, number])[] = [
  ['completed', 70],
  ['shipped', 12],
  ['processing', 8],
  ['cancelled', 6],
  ['returned', 4],
];
const KINDS: readonly (readonly [string, number])[] = [
  ['order', 92],
  ['credit_note', 6],
  ['adjustment', 2],
];

export async function seedDay(pool: Pool, options: SeedDay): Promise<void> {
  await pool.query('SELECT stream.ensure_days(ARRAY[$1::date])', [options.day]);
  const random = new SeededRandom(options.seed);
  const minutes = Array.from({ length: options.untilMinute ?? 1440 }, (_, minute) => minute);
  const events = minutes.map((minute) => Math.round(options.peak * shape(minute) * (0.75 + random.float() / 2)));
  await insertEvents(pool, options, events, random.fork('web'));
  await insertOrders(pool, options, events, random.fork('orders'));
  await countKpis(pool, options);
}

/** Quiet at night, busy at noon and in the evening. */
function shape(minute: number): number {
  const hour = minute / 60;
  const bump = (at: number, width: number): number => Math.exp(-(((hour - at) / width) ** 2));
  return 0.06 + 0.7 * bump(12.5, 3.2) + 0.94 * bump(20, 2.4);
}

async function insertEvents(pool: Pool, options: SeedDay, counts: number[], random: SeededRandom): Promise<void> {
  const dayMs = Date.parse(`${options.day}T00:00:00Z`);
  const rows = counts.flatMap((count, minute) =>
    Array.from({ length: count }, () => ({
      time: new Date(dayMs + minute * MINUTE_MS + random.int(MINUTE_MS)),
      user: String(1000 + Math.floor(random.float() ** 2 * 4000)),
      type: random.weighted(TYPES),
    })),
  );
  await pool.query(
    `INSERT INTO stream.web_events
       (event_time, _kafka_time, _offset, _partition, day, schema_version, is_identified, identity, event_id,
        user_key, source, event_type, session_id)
     SELECT t, t + interval '15 ms', n, n % 6, $1, 1, true, gen_random_uuid(), $2 || '-' || n, u, $3, y, u || '-' || extract(hour FROM t)
     FROM unnest($4::timestamptz[], $5::text[], $6::text[]) WITH ORDINALITY AS e(t, u, y, n)`,
    [
      options.day,
      options.seed,
      options.source,
      rows.map((row) => row.time),
      rows.map((row) => row.user),
      rows.map((row) => row.type),
    ],
  );
}

async function insertOrders(pool: Pool, options: SeedDay, counts: number[], random: SeededRandom): Promise<void> {
  const dayMs = Date.parse(`${options.day}T00:00:00Z`);
  const rows = counts.flatMap((count, minute) =>
    Object.entries(options.currencies).flatMap(([currency, share]) =>
      Array.from({ length: random.poisson((count * share) / 100) }, () => {
        const kind = random.weighted(KINDS);
        const cents = 500 + Math.floor(random.gamma(2, 1 / 3000));
        return {
          currency,
          kind,
          time: new Date(dayMs + minute * MINUTE_MS + random.int(MINUTE_MS)),
          status: kind === 'order' ? random.weighted(STATUSES) : 'completed',
          amount: `${kind === 'credit_note' ? '-' : ''}${(cents / 100).toFixed(2)}`,
          lines: kind === 'order' ? 1 + random.int(4) : 0,
          processMs: 8 + Math.floor(random.gamma(2, 0.25)),
        };
      }),
    ),
  );
  await pool.query(
    `INSERT INTO sales.orders
       (source, order_id, kind, order_status, status_rank, status_time, event_id, purchase_time, currency, total_amount,
        product_lines, _partition, _offset, _kafka_time, _processed_at)
     SELECT $1, $2 || '-' || n, k, s, 1, t, $2 || '-' || n, t, c, a, l, n % 6, n, t, t + p * interval '1 ms'
     FROM unnest($3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::int[], $9::int[])
       WITH ORDINALITY AS o(t, c, k, s, a, l, p, n)`,
    [
      options.source,
      `${options.source}-${options.seed}`,
      rows.map((row) => row.time),
      rows.map((row) => row.currency),
      rows.map((row) => row.kind),
      rows.map((row) => row.status),
      rows.map((row) => row.amount),
      rows.map((row) => row.lines),
      rows.map((row) => row.processMs),
    ],
  );
}

async function countKpis(pool: Pool, options: SeedDay): Promise<void> {
  const to = new Date(Date.parse(`${options.day}T00:00:00Z`) + DAY_MS);
  const params = [options.source, new Date(to.getTime() - DAY_MS), to];
  for (const [table, window] of [
    ['minute', "date_trunc('minute', %)"],
    ['day', '(% AT TIME ZONE $$UTC$$)::date'],
  ] as const) {
    await pool.query(webSql(table, window.replace('%', 'event_time')), params);
    await pool.query(orderSql(table, window.replace('%', 'purchase_time')), params);
  }
}

/** A user is always in the same part, as the aggregator's partitions are; so the parts' uniques add up. */
function webSql(table: 'minute' | 'day', window: string): string {
  return `
    INSERT INTO kpi.web_${table}_parts
    SELECT ${window}, source, user_key::int % 3, count(*), count(DISTINCT user_key),
      count(*) FILTER (WHERE event_type = 'page_view'), count(*) FILTER (WHERE event_type = 'product_view'),
      count(DISTINCT session_id), 1, max(event_time)
    FROM stream.web_events WHERE source = $1 AND event_time >= $2 AND event_time < $3 GROUP BY 1, 2, 3`;
}

function sum(condition: string): string {
  return `coalesce(sum(total_amount) FILTER (WHERE ${condition}), 0)`;
}

function orderSql(table: 'minute' | 'day', window: string): string {
  const valid = "kind = 'order' AND order_status NOT IN ('cancelled', 'returned')";
  return `
    INSERT INTO kpi.order_${table}_parts
    SELECT ${window}, source, currency, _partition % 2,
      count(*) FILTER (WHERE kind = 'order'), count(*) FILTER (WHERE ${valid}), ${sum("kind = 'order'")}, ${sum(valid)},
      coalesce(sum(product_lines) FILTER (WHERE kind = 'order'), 0), ${sum("kind = 'credit_note'")},
      ${sum("kind = 'adjustment'")}, count(*) FILTER (WHERE kind = 'credit_note'),
      count(*) FILTER (WHERE kind = 'adjustment'), 1, max(purchase_time)
    FROM sales.orders WHERE source = $1 AND purchase_time >= $2 AND purchase_time < $3 GROUP BY 1, 2, 3, 4`;
}
