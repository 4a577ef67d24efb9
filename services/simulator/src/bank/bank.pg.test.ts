import { BANK_FIXTURE } from '@ebb/datasets';
import { testPostgres, type TestPostgres } from '@ebb/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { runSimulatorProcess } from '../testing/simulator-process.ts';
import { loadBank, type LoadReport } from './bank-store.ts';

let database: TestPostgres;
const UNTIL_MS = Date.UTC(2026, 10, 21);

beforeAll(async () => {
  database = await testPostgres();
  await loadBank(database.pool, UNTIL_MS);
});

async function one<T>(sql: string, parameters: unknown[] = []): Promise<T> {
  const { rows } = await database.pool.query<{ value: T }>(`SELECT (${sql}) AS value`, parameters);
  return rows[0]?.value as T;
}

const CHURNED = "SELECT count(*)::int FROM crm.churn_as_of($1) WHERE source = 'bank' AND is_churned";

describe("the bank's fixture", () => {
  test('loads 20 customers, and loading again changes nothing', async () => {
    const stamps = "SELECT string_agg(updated_at::text, ',' ORDER BY customer_id) FROM crm.customers";
    const before = await one<string>(stamps);
    const report = await loadBank(database.pool, UNTIL_MS);
    expect(report.activity).toBe(0);
    expect(report.tables.map(({ table, rows, inserted, restored }) => [table, rows, inserted, restored])).toEqual([
      ['customers', 20, 0, 0],
      ['transactions', 210, 0, 0],
      ['support_tickets', 20, 0, 0],
      ['offers', 20, 0, 0],
      ['usage_logs', 20, 0, 0],
    ]);
    expect(await one<string>(stamps)).toBe(before);
    expect(await one<number>("SELECT count(*)::int FROM crm.customers WHERE source = 'bank'")).toBe(20);
  });

  test('puts right what was changed or deleted, and leaves the rest', async () => {
    await database.pool.query("UPDATE crm.offers SET offer_type = 'Insurance' WHERE offer_id = '2001'");
    await database.pool.query("DELETE FROM crm.support_tickets WHERE ticket_id = '1005'");
    const { tables } = await loadBank(database.pool, UNTIL_MS);
    const changed = tables.filter(({ inserted, restored }) => inserted + restored > 0);
    expect(changed).toEqual([
      { table: 'support_tickets', rows: 20, inserted: 1, restored: 0 },
      { table: 'offers', rows: 20, inserted: 0, restored: 1 },
    ]);
  });

  test('has 7 of 20 churned on its day, four closed and three silent', async () => {
    const { rows } = await database.pool.query<{ customer_id: string; reason: string }>(
      `SELECT customer_id, reason FROM crm.churn_as_of($1) WHERE is_churned ORDER BY customer_id::int`,
      [BANK_FIXTURE.asOf],
    );
    expect(rows.map(({ customer_id, reason }) => `${customer_id} ${reason}`)).toEqual([
      '2 closed',
      '7 inactive',
      '8 closed',
      '11 inactive',
      '13 inactive',
      '14 closed',
      '17 closed',
    ]);
  });

  test.each(['2025-10-01', '2025-12-31', '2026-06-15', '2026-11-21'])(
    'has 7 of 20 churned as of %s too',
    async (day) => {
      expect(await one<number>(CHURNED, [day])).toBe(7);
    },
  );

  test('knows only what had happened by the day', async () => {
    // Sara closed on 2024-01-20; nobody else had, and before she opened she is no customer.
    const reason = "SELECT reason FROM crm.churn_as_of($1) WHERE customer_id = '2'";
    expect(await one<string | null>(reason, ['2024-01-19'])).toBeNull();
    expect(await one<string | null>(reason, ['2024-01-20'])).toBe('closed');
    expect(await one<number>("SELECT count(*)::int FROM crm.churn_as_of('2023-01-19') WHERE customer_id = '2'")).toBe(
      0,
    );
    // Customer 7's last own booking, to the day; fees of the bank are no activity.
    const silent = "SELECT reason FROM crm.churn_as_of($1::date + 89 + $2::int) WHERE customer_id = '7'";
    const last = await one<string>(
      "SELECT last_activity_on FROM crm.churn_as_of('2025-10-01') WHERE customer_id = '7'",
    );
    expect(await one<string | null>(silent, [last, 0])).toBeNull();
    expect(await one<string | null>(silent, [last, 1])).toBe('inactive');
    expect(await one<number>("SELECT count(*)::int FROM crm.churn_as_of('2025-10-01', 1000) WHERE is_churned")).toBe(4);
  });

  test('gives the figures of the report', async () => {
    const groups = await database.pool.query<{ geography: string; band: string; n: number; churned: number }>(
      `SELECT geography, CASE WHEN age < 30 THEN '18-29' WHEN age <= 45 THEN '30-45' WHEN age <= 60 THEN '46-60' END AS band,
        count(*)::int AS n, count(*) FILTER (WHERE is_churned)::int AS churned
      FROM crm.customers JOIN crm.churn_as_of('2025-10-01') USING (source, customer_id) WHERE source = 'bank'
      GROUP BY 1, 2`,
    );
    const found = groups.rows.map(({ geography, band, n, churned }) => `${geography} ${band}: ${n}, ${churned}`);
    expect(found).toHaveLength(11);
    expect(found).toEqual(
      expect.arrayContaining([
        'UAE 18-29: 1, 1',
        'Saudi Arabia 18-29: 2, 2',
        'Qatar 46-60: 1, 1',
        'Qatar 30-45: 1, 1',
        'Bahrain 18-29: 1, 1',
        'Egypt 18-29: 3, 1',
        'UAE 30-45: 3, 0',
        'Saudi Arabia 30-45: 1, 0',
      ]),
    );
    const tickets = "FROM crm.support_tickets WHERE source = 'bank'";
    expect(await one<string>(`SELECT round(avg(resolution_time_hrs), 2) ${tickets}`)).toBe('15.95');
    expect(await one<number>(`SELECT count(DISTINCT issue_type)::int ${tickets}`)).toBe(17);
    expect(
      await one<number>("SELECT count(DISTINCT product_type)::int FROM crm.usage_logs WHERE source = 'bank'"),
    ).toBe(5);
    const liked = "SELECT bool_and(accepted) FROM crm.offers WHERE source = 'bank' AND offer_type = ANY ($1)";
    expect(await one<boolean>(liked, [['Cashback', 'Credit Card']])).toBe(true);
    expect(await one<boolean>(liked, [['Insurance', 'Personal Loan']])).toBe(false);
    const left = `SELECT bool_and(is_churned) FROM crm.support_tickets JOIN crm.churn_as_of('2025-10-01')
      USING (source, customer_id) WHERE issue_type = ANY ($1)`;
    expect(await one<boolean>(left, [['ATM Failure', 'Mobile Token Fail', 'Double Deduction']])).toBe(true);
  });

  test('every row hangs on one of the customers', async () => {
    for (const table of ['transactions', 'support_tickets', 'offers', 'usage_logs']) {
      const early = `SELECT count(*)::int FROM crm.${table} t JOIN crm.customers c USING (source, customer_id) WHERE`;
      const when =
        { transactions: 'occurred_at', support_tickets: 'opened_at', offers: 'date_offered' }[table] ?? 'month';
      const slack = table === 'usage_logs' ? 31 : 0;
      expect(await one<number>(`${early} ${when} < date_opened - ${slack}`), table).toBe(0);
    }
  });
});

describe('the commands', () => {
  const env = (): Record<string, string> => ({
    EBB_POSTGRES_URL: database.roleUrl('ebb_simulator'),
    EBB_LOG_LEVEL: 'warn',
  });

  test('load-fixture bank says what it did', async () => {
    const done = await runSimulatorProcess(['load-fixture', 'bank', '--until', '2026-11-21', '--json'], env());
    expect(done.errors).toBe('');
    expect((JSON.parse(done.output) as LoadReport).tables[0]).toMatchObject({ rows: 20, inserted: 0, restored: 0 });
    expect((await runSimulatorProcess(['load-fixture', 'shop'], env())).code).toBe(2);
  });

  test('simulate bank changes balances and books, and nothing that the report counts', async () => {
    const before = await one<number>("SELECT count(*)::int FROM crm.transactions WHERE source = 'bank'");
    const args = ['simulate', 'bank', '--rate', '200', '--count', '100', '--json'];
    for (const run of [1, 2]) {
      const done = await runSimulatorProcess(args, env());
      expect([run, done.code, done.errors]).toEqual([run, 0, '']);
    }
    expect(await one<number>("SELECT count(*)::int FROM crm.transactions WHERE source = 'bank'")).toBeGreaterThan(
      before + 100,
    );
    const { tables } = await loadBank(database.pool, UNTIL_MS);
    expect(tables.every(({ inserted, restored }) => inserted + restored === 0)).toBe(true);
    expect(await one<number>(CHURNED, ['2026-11-21'])).toBe(7);
  });
});
