import type { ComposeProject } from './compose-project.ts';
import { type Connections, PROCESS_TIMEOUT_MS } from './connections.ts';
import { ensureNone, waitForNone } from './ensure.ts';

/** What went in through the collector and what was written to Postgres stand in ClickHouse, to the cent. */
export async function checkWarehouse({ pool, clickhouse }: Connections): Promise<string> {
  await pool.query(
    `INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
     VALUES ('compose_test', 'compose-test-1', 'Nadia', '', 'Qatar', '2026-01-02')
     ON CONFLICT (source, customer_id) DO NOTHING`,
  );
  await waitForNone(
    async () => {
      const [found] = await clickhouse.query<{ order: string; customer: string }>(
        `SELECT
           (SELECT toString(any(total_amount)) FROM raw.sales_orders_current WHERE source = 'compose_test') AS order,
           (SELECT any(first_name) FROM raw.crm_customers_current WHERE source = 'compose_test') AS customer`,
      );
      const { order = '', customer = '' } = found ?? {};
      return [
        ...(Number(order) === 12.33 ? [] : [`the order's amount in ClickHouse is "${order}"`]),
        ...(customer === 'Nadia' ? [] : [`the customer's name in ClickHouse is "${customer}"`]),
      ];
    },
    { timeoutMs: PROCESS_TIMEOUT_MS },
  );
  return 'an order and a customer arrived';
}

/** Both databases hold the same rows, whatever crashed before, while traffic goes on. */
export async function checkLedger(project: ComposeProject): Promise<string> {
  const report = await project.exec('ledger', ['node', 'services/ledger/src/main.ts', 'run', '--full']);
  const last = report.trimEnd().split('\n').at(-1) ?? '';
  ensureNone(last.includes('the ledger is green') ? [] : [report]);
  return last;
}
