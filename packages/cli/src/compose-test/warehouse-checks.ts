import { currentPublication } from '@ebb/clickhouse';
import { EbbError } from '@ebb/core';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { readChurn } from '../demo/churn-risks.ts';
import { wrongChurn } from '../demo/year-1-churn.ts';
import type { ComposeProject } from './compose-project.ts';
import { type Connections, PROCESS_TIMEOUT_MS } from './connections.ts';
import { ensureNone, waitForNone } from './ensure.ts';
import type { ComposeTestErrorCode } from './errors.ts';

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

/** What the first build published: every line of the daily files, and a revenue bridge that leaves nothing unexplained. */
export async function checkPublication({ clickhouse }: Connections): Promise<string> {
  const publication = await currentPublication(clickhouse);
  if (publication === null) throw new EbbError<ComposeTestErrorCode>('CHECK_FAILED', 'nothing is published');
  const { id, database } = publication;
  const [found] = await clickhouse.query<{ lines: string; steps: string; unexplained: string }>(
    `SELECT toString(count()) AS steps, toString(countIf(difference != 0)) AS unexplained,
       (SELECT toString(count()) FROM raw.retail_transactions_bronze_current) AS lines FROM ${database}.retail_revenue_bridge`,
  );
  const { lines = '', steps = '0', unexplained = '' } = found ?? {};
  ensureNone([
    ...(Number(lines) === ONLINE_RETAIL_YEAR_1.rows
      ? []
      : [`${lines} lines of ${ONLINE_RETAIL_YEAR_1.rows} are loaded`]),
    ...(Number(steps) > 0 && unexplained === '0'
      ? []
      : [`${unexplained} of ${steps} steps of the revenue bridge differ`]),
  ]);
  return `${id}: ${lines} lines, ${steps} steps of the bridge add up`;
}

/** What the first segmentation published: every customer of that build in one cluster, and a label per cluster. */
export async function checkSegments({ clickhouse }: Connections): Promise<string> {
  const publication = await currentPublication(clickhouse);
  const [found] = await clickhouse.query<Record<'run' | 'known' | 'clustered' | 'clusters' | 'labels', string>>(
    `SELECT toString(any(run_id)) AS run, toString(sum(Customer_Count)) AS clustered, toString(count()) AS clusters,
       toString(uniqExact(ClusterLabel)) AS labels,
       (SELECT toString(count()) FROM ${publication?.database ?? 'marts'}.customer_rfm_gold) AS known
     FROM ml.cluster_summary WHERE source = 'retail_files'`,
  );
  const { run = '', known = '0', clustered = '', clusters = '0', labels = '' } = found ?? {};
  ensureNone([
    ...(Number(known) > 0 && clustered === known ? [] : [`${clustered} of ${known} customers are in a cluster`]),
    ...(Number(clusters) > 3 && labels === clusters ? [] : [`${clusters} clusters have ${labels} labels`]),
  ]);
  return `run ${run}: ${clustered} customers in ${clusters} clusters and outlier classes`;
}

/** What the first runs of the other models published: of everybody who bought a value and a risk, by the year's figures. */
export async function checkValues({ clickhouse }: Connections): Promise<string> {
  const figures = await readChurn(clickhouse);
  const [found] = await clickhouse.query<Record<'valueRun' | 'riskRun' | 'known', string>>(
    `SELECT toString(any(v.run_id)) AS valueRun, toString(any(c.run_id)) AS riskRun, toString(count()) AS known
     FROM ml.customer_clv AS v INNER JOIN ml.customer_churn AS c ON c.source = v.source AND c.customer_id = v.customer_id
     WHERE v.source = 'retail'`,
  );
  const { valueRun = '', riskRun = '', known = '0' } = found ?? {};
  const { customers } = figures;
  ensureNone([
    ...wrongChurn(figures),
    ...(Number(known) === customers ? [] : [`${known} of ${customers} customers have a value and a risk`]),
  ]);
  return `runs ${valueRun} and ${riskRun}: ${known} customers`;
}

/** Both databases hold the same rows, whatever crashed before, while traffic goes on. */
export async function checkLedger(project: ComposeProject): Promise<string> {
  const report = await project.exec('ledger', ['node', 'services/ledger/src/main.ts', 'run', '--full']);
  const last = report.trimEnd().split('\n').at(-1) ?? '';
  ensureNone(last.includes('the ledger is green') ? [] : [report]);
  return last;
}
