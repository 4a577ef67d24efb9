import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DBT_PROJECT } from '@ebb/local-stack';
import { OUTLET, ShopRows, type TestDbt, testDbt, type WebRow } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';

let dbt: TestDbt;
let rows: ShopRows;

beforeAll(async () => {
  dbt = await testDbt({ files: await shopProject() });
  rows = new ShopRows(dbt.server.clickhouse);
}, 120_000);

async function shopProject(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const folder of ['models', 'tests', 'seeds']) {
    const entries = await readdir(join(DBT_PROJECT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile() && one.parentPath.endsWith('/shop'))) {
      const path = join(entry.parentPath, entry.name);
      found[relative(DBT_PROJECT, path)] = await readFile(path, 'utf8');
    }
  }
  return found;
}

async function publish(asOf: string): Promise<void> {
  const build = await dbt.build({ asOf });
  expect(build.publication, build.output).toMatchObject({ state: 'published' });
}

const query = (sql: string): Promise<Record<string, unknown>[]> => dbt.server.clickhouse.query(sql);

/** Ten users on one day: ten visit, seven see a product, four take it, one buys; another buys without having taken it. */
function tenUsers(): WebRow[] {
  return Array.from({ length: 10 }, (_, at) => at + 1).flatMap((n) => {
    const step = (type: string, minute: number): WebRow => ({
      userId: `u${n}`,
      session: `s${n}`,
      at: `2026-01-05 10:0${minute}:00`,
      type,
      product: 'P001',
    });
    return [
      step('page_view', 0),
      ...(n >= 4 ? [step('product_view', 1)] : []),
      ...(n >= 7 ? [step('add_to_cart', 2)] : []),
      ...(n === 10 || n === 4 ? [step('checkout_success', 3)] : []),
    ];
  });
}

/** Dana at her desk, whom nobody knows there yet, and on her phone, where she is logged in. */
const DANA_BEFORE: WebRow[] = [
  { anonymousId: 'desk', session: 'd1', at: '2026-01-12 09:00:00', type: 'page_view', page: 'https://s.example/a' },
  { anonymousId: 'desk', session: 'd1', at: '2026-01-12 09:00:00', type: 'page_view', page: 'https://s.example/b' },
  { userId: 'dana', anonymousId: 'phone', session: 'd2', at: '2026-01-20 09:00:00', type: 'page_view' },
  { anonymousId: 'desk', session: 'd3', at: '2026-02-10 09:00:00', type: 'product_view', product: 'P002' },
];
const DANA_LOGS_IN: WebRow[] = [
  { userId: 'dana', anonymousId: 'desk', session: 'd3', at: '2026-02-10 09:01:00', type: 'login' },
  {
    userId: 'dana',
    anonymousId: 'desk',
    session: 'd3',
    at: '2026-02-10 09:02:00',
    type: 'add_to_cart',
    product: 'P002',
  },
];

interface WhoIsWho {
  /** Live and stitched users, and known customers, of 10 February. */
  day: string[];
  /** Sessions by the step they reached on that day. */
  funnel: string[];
  /** Size of January's cohort, and how many of it were there in February. */
  retention: string[];
  /** Events of Dana, and different pages. */
  dana: string[];
}

async function whoIsWho(): Promise<WhoIsWho> {
  const list = async (sql: string): Promise<string[]> =>
    (await query(sql)).flatMap((row) => Object.values(row).map(String));
  return {
    day: await list(`SELECT unique_users, stitched_users, known_customers FROM marts.daily_traffic
      WHERE source = 'shop' AND day = '2026-02-10'`),
    funnel: await list(`SELECT sessions FROM marts.funnel_steps WHERE source = 'shop' AND day = '2026-02-10'
      ORDER BY step_number`),
    retention: await list(`SELECT cohort_size, active FROM marts.retention_cohorts WHERE source = 'shop'
      AND activity = 'visit' AND period = 'month' AND cohort = '2026-01-01' AND periods_since = 1`),
    dana: await list(`SELECT total_web_events, unique_pages_visited FROM marts.int_customer_profiles_ml
      WHERE source = 'shop' AND customer_id = 'dana'`),
  };
}

const customer = async (id: string): Promise<Record<string, unknown> | undefined> => {
  const found = await query(`SELECT tier, total_orders, placed_orders, toString(total_spend) AS spend,
    days_since_last_purchase AS days, orders_last_30_days AS recent, days_since_registration AS age
    FROM marts.int_customer_profiles_ml WHERE source = '${OUTLET}' AND customer_id = '${id}'`);
  return found[0];
};

const ordersByDay = (): Promise<Record<string, unknown>[]> =>
  query(`SELECT toString(day) AS day, total_orders AS orders, valid_orders AS valid, toString(net_amount) AS net,
    toString(avg_amount) AS avg FROM marts.daily_revenue WHERE source = '${OUTLET}' ORDER BY day`);

test('ten users by hand give the funnel by hand; every test of the models holds', { timeout: 600_000 }, async () => {
  await rows.visits([...tenUsers(), ...DANA_BEFORE]);
  await rows.customers([{ customerId: 'quiet', openedOn: '2025-12-01', tier: 'Free' }]);
  await rows.orders([
    { orderId: 'o1', userId: 'regular', purchasedAt: '2026-01-10 10:00:00', amount: '100.0000' },
    { orderId: 'o2', userId: 'quiet', purchasedAt: '2026-02-01 10:00:00', amount: '10.0050' },
    { orderId: 'o3', userId: 'quiet', purchasedAt: '2026-02-01 11:00:00', amount: '10.0000' },
    { orderId: 'o4', userId: 'mover', purchasedAt: '2026-02-03 11:00:00', amount: '7.0000' },
    { orderId: 'o5', userId: 'odd', purchasedAt: '2026-02-04 11:00:00', amount: '7.0000', status: 'cancelled' },
  ]);
  await publish('2026-02-28');

  expect(
    await query(`SELECT step, sessions, visitors, dropped_sessions AS dropped, conversion_rate AS rate,
      conversion_from_visit AS overall FROM marts.funnel_steps
      WHERE day = '2026-01-05' AND device = 'mobile' AND country = 'DE' AND channel = 'ads' ORDER BY step_number`),
  ).toEqual([
    { step: 'visit', sessions: '10', visitors: '10', dropped: '0', rate: 1, overall: 1 },
    { step: 'product_view', sessions: '7', visitors: '7', dropped: '3', rate: 0.7, overall: 0.7 },
    { step: 'add_to_cart', sessions: '4', visitors: '4', dropped: '3', rate: 0.5714, overall: 0.4 },
    { step: 'checkout', sessions: '1', visitors: '1', dropped: '3', rate: 0.25, overall: 0.1 },
  ]);
  expect(await whoIsWho()).toEqual({
    day: ['1', '1', '0'],
    funnel: ['1', '1', '0', '0'],
    retention: ['12', '1'],
    dana: ['1', '0'],
  });
  expect(await customer('quiet')).toMatchObject({ tier: 'free', total_orders: '2', spend: '20.005', days: '27' });
  expect(await customer('odd')).toMatchObject({ total_orders: '0', placed_orders: '1', spend: '0', days: null });
  expect(await ordersByDay()).toEqual([
    { day: '2026-01-10', orders: '1', valid: '1', net: '100', avg: '100' },
    { day: '2026-02-01', orders: '2', valid: '2', net: '20.005', avg: '10.0025' },
    { day: '2026-02-03', orders: '1', valid: '1', net: '7', avg: '7' },
    { day: '2026-02-04', orders: '1', valid: '0', net: '0', avg: null },
  ]);
  expect(
    await query(`SELECT customer_id AS who, toString(order_day) AS day, orders, toString(amount) AS amount
      FROM marts.customer_order_days WHERE source = '${OUTLET}' ORDER BY day`),
  ).toEqual([
    { who: 'regular', day: '2026-01-10', orders: '1', amount: '100' },
    { who: 'quiet', day: '2026-02-01', orders: '2', amount: '20.005' },
    { who: 'mover', day: '2026-02-03', orders: '1', amount: '7' },
  ]);
});

test(
  'a login gives the anonymous past its name; customers keep their history and the clock',
  { timeout: 600_000 },
  async () => {
    await rows.visits(DANA_LOGS_IN);
    await rows.customers([
      { customerId: 'quiet', openedOn: '2025-12-01', tier: 'Premium' },
      { customerId: 'newcomer', openedOn: '2026-03-01', tier: 'Basic' },
    ]);
    await rows.orders([
      { orderId: 'o6', userId: 'regular', purchasedAt: '2026-03-01 10:00:00', amount: '50.0000' },
      // It was bought on another day; one is taken back; one is deleted, and its day is empty then.
      {
        orderId: 'o4',
        userId: 'mover',
        purchasedAt: '2026-02-05 11:00:00',
        amount: '7.0000',
        statusAt: '2026-03-01 00:00:00',
      },
      {
        orderId: 'o3',
        userId: 'quiet',
        purchasedAt: '2026-02-01 11:00:00',
        amount: '10.0000',
        status: 'returned',
        statusAt: '2026-03-01 09:00:00',
      },
      {
        orderId: 'o5',
        userId: 'odd',
        purchasedAt: '2026-02-04 11:00:00',
        amount: '7.0000',
        status: 'cancelled',
        isDeleted: true,
      },
      { orderId: 'o7', userId: 'odd', purchasedAt: '2026-01-10 09:00:00', amount: '3.0000' },
    ]);
    await publish('2026-03-02');

    expect(await whoIsWho()).toEqual({
      day: ['2', '1', '1'],
      funnel: ['1', '1', '1', '0'],
      retention: ['11', '1'],
      dana: ['6', '2'],
    });
    expect(await customer('regular')).toMatchObject({ total_orders: '2', spend: '150', days: '1', recent: '1' });
    expect(await customer('quiet')).toMatchObject({ tier: 'premium', total_orders: '1', spend: '10.005', days: '29' });
    expect(await customer('newcomer')).toMatchObject({ tier: 'basic', total_orders: '0', days: null, age: '1' });
    expect(await ordersByDay()).toEqual([
      { day: '2026-01-10', orders: '2', valid: '2', net: '103', avg: '51.5' },
      { day: '2026-02-01', orders: '2', valid: '1', net: '10.005', avg: '10.005' },
      { day: '2026-02-05', orders: '1', valid: '1', net: '7', avg: '7' },
      { day: '2026-03-01', orders: '1', valid: '1', net: '50', avg: '50' },
    ]);
  },
);

test(
  'an unmerge takes the name back, for the past as well; a build of an earlier day knows no later one',
  { timeout: 600_000 },
  async () => {
    await rows.unmerge('desk', 'dana');
    await publish('2026-02-28');

    expect(await whoIsWho()).toEqual({
      day: ['2', '2', '1'],
      // What she did after the login is a session of her own, and her product view is not in it.
      funnel: ['2', '1', '0', '0'],
      retention: ['12', '2'],
      dana: ['3', '0'],
    });
    expect(await customer('regular')).toMatchObject({ total_orders: '1', spend: '100', days: '49' });
    // Her second order was returned in March only.
    expect(await customer('quiet')).toMatchObject({ total_orders: '2', spend: '20.005', days: '27' });
    expect(await customer('newcomer')).toBeUndefined();
  },
);
