import type { Clickhouse } from '@ebb/clickhouse';
import { type TestBuild, type TestDbt, testDbt } from '@ebb/testing';
import { beforeAll, expect, test } from 'vitest';
import { RetailFiles } from './testing/retail-files.ts';
import { retailProject } from './testing/retail-project.ts';

const LAST_DAY = '2026-04-28';
/** A build takes ten seconds of a processor, of which others may leave little. */
const PATIENCE_MS = 600_000;
let dbt: TestDbt;
let clickhouse: Clickhouse;
let files: RetailFiles;
let year: TestBuild;
let changed: TestBuild;

beforeAll(async () => {
  dbt = await testDbt({ files: await retailProject() });
  clickhouse = dbt.server.clickhouse;
  files = new RetailFiles(clickhouse);
  await files.prepareYear1();
}, PATIENCE_MS);

async function published(): Promise<TestBuild> {
  const build = await dbt.build();
  expect(build.publication, build.output).toMatchObject({ state: 'published' });
  return build;
}

const rows = (sql: string): Promise<Record<string, unknown>[]> => clickhouse.query(sql);

async function figures(): Promise<Record<string, string>> {
  const found = await rows('SELECT figure, toString(value) AS value FROM marts.retail_figures');
  return Object.fromEntries(found.map(({ figure, value }) => [String(figure), String(value)]));
}

/** Of every table and view: rows, and a hash over all columns but the loaded-at ones. */
async function fingerprints({ id }: TestBuild): Promise<Record<string, unknown>> {
  const names = await rows(`SELECT database, name FROM system.tables
    WHERE database IN ('staging', 'intermediate', 'marts_${id}') ORDER BY database, name`);
  const found: Record<string, unknown> = {};
  for (const { database, name } of names) {
    const columns = `* EXCEPT('loaded_at$')`;
    [found[String(name)]] = await rows(
      `SELECT count() AS n, sum(cityHash64(formatRowNoNewline('JSONCompactEachRow', ${columns}))) AS hash
       FROM ${String(database)}.${String(name)}`,
    );
  }
  return found;
}

/** Orders of year 1 as the live path stores them, but for one that is missing, one that is dearer and one of its own. */
async function replayOrders(): Promise<void> {
  await clickhouse.command(`INSERT INTO raw.sales_orders (source, order_id, kind, order_status, purchase_time, total_amount)
    SELECT 'retail', Invoice, 'order', 'completed', toDateTime64(min(InvoiceDate), 6), sum(toDecimal128(Price, 4) * toInt32(Quantity)) AS total
    FROM test.year1 WHERE Invoice NOT LIKE 'C%' AND Invoice NOT LIKE 'A%'
    GROUP BY Invoice HAVING total > 0 AND max(toInt32(Quantity)) > 0 AND Invoice != '489434'`);
  await clickhouse.command(`INSERT INTO raw.sales_orders (source, order_id, kind, order_status, purchase_time, total_amount, _version)
    SELECT 'retail', order_id, kind, order_status, purchase_time, total_amount + 5, 1 FROM raw.sales_orders WHERE order_id = '489435'
    UNION ALL
    SELECT 'retail', 'only-live', kind, order_status, purchase_time, 7, 1 FROM raw.sales_orders WHERE order_id = '489435'
    UNION ALL
    SELECT 'shop', 's1', kind, order_status, purchase_time, 1000, 1 FROM raw.sales_orders WHERE order_id = '489435'`);
}

test('the first six days give the figures of their day', { timeout: PATIENCE_MS }, async () => {
  await files.landDays('2025-06-26', '2025-07-02');
  await published();
  expect(
    await rows(`SELECT sumIf(bronze, invoice_date <= '2025-07-01') AS bronze, sum(silver) AS silver
      FROM marts.daily_counts`),
  ).toEqual([{ bronze: '14405', silver: '16979' }]);
  expect(
    await rows(`SELECT checked - broken AS passed FROM marts.retail_rule_results WHERE rule = 'product_stock_code'`),
  ).toEqual([{ passed: '16928' }]);
  expect(await rows('SELECT count() AS customers, toString(max(as_of)) AS as_of FROM marts.customer_rfm_gold')).toEqual(
    [{ customers: '488', as_of: '2025-07-02' }],
  );
});

test('the whole year, added to them, gives every golden number', { timeout: PATIENCE_MS }, async () => {
  await files.landDays('2025-07-03', LAST_DAY);
  await replayOrders();
  year = await published();
  expect(year.publication).toMatchObject({ asOfRetail: LAST_DAY });
  expect(await figures()).toMatchObject({
    bronze_rows: '525461',
    silver_rows: '513132',
    return_rows: '10205',
    quarantined_rows: '2124',
    silver_credit_note_rows: '1',
    bronze_cancellations: '10206',
    bronze_null_customer_ids: '107927',
    bronze_bad_quantities: '12326',
    bronze_odd_stock_codes: '3083',
    bronze_bad_price: '3',
    gold_lines: '406337',
    gold_customers: '4285',
    gold_gross_revenue: '8673383.33',
    gold_exact_revenue: '8673383.344',
    median_recency: '44',
    median_frequency: '2',
    median_monetary: '702.9',
    customers_at_median_recency: '20',
    outliers_monetary_only: '197',
    outliers_frequency_only: '53',
    outliers_both: '226',
    customers_without_outliers: '3809',
    duplicate_key_rows: '6980',
    identical_rows: '6866',
    cancelled_value_known_customers: '483794.7',
    orders: '20951',
    order_amount: '10305892.024',
    credit_notes: '4592',
    credit_note_amount: '-629855.37',
    adjustments: '3273',
    adjustment_amount: '-136552.02',
    document_net_amount: '9676036.654',
    plain_lines: '407664',
    plain_customers: '4312',
    plain_revenue: '8832003.274',
  });
});

test('quarantine holds what breaks a rule, under its name', async () => {
  expect(
    await rows('SELECT failed_rules, count() AS n FROM staging.retail_quarantine GROUP BY failed_rules ORDER BY n'),
  ).toEqual([
    { failed_rules: ['valid_unit_price'], n: '3' },
    { failed_rules: ['valid_quantity'], n: '2121' },
  ]);
});

test('the twelve segments of scheme C', async () => {
  const found =
    await rows(`SELECT value_tier, engagement, Customer_Count AS customers, toString(Total_Revenue) AS revenue
    FROM marts.segment_summary`);
  const golden = {
    High: ['890 5864187.32', '300 999689.72', '34 76697.14', '67 170262.38'],
    Growing: ['353 372077.97', '229 238389.02', '103 99296.25', '166 152280.36'],
    Base: ['154 78539.12', '140 66683.25', '596 197275.99', '1253 358004.81'],
  };
  const engagements = ['Active & Engaged', 'At Risk', 'Developing', 'Inactive'];
  const expected = Object.entries(golden).flatMap(([tier, cells]) =>
    cells.map((cell, index) => `${tier} ${engagements[index]} ${cell}`),
  );
  expect(found.map((row) => Object.values(row).join(' ')).toSorted()).toEqual(expected.toSorted());
  expect(
    await rows(`SELECT round(Pct_of_Customers, 1) AS of_customers, round(Pct_of_Revenue, 1) AS of_revenue
      FROM marts.segment_summary WHERE segment = 'High Value - Active & Engaged'`),
  ).toEqual([{ of_customers: '20.8', of_revenue: '67.6' }]);
});

test('the bridge leads from the live orders to gold and adds up', async () => {
  const steps =
    await rows(`SELECT step, role, documents, lines, toString(amount) AS amount, toString(running_total) AS running,
    toString(difference) AS difference FROM marts.retail_revenue_bridge ORDER BY step`);
  const step = (number: number): unknown => steps.find((row) => row['step'] === number);
  const [missing] = await rows(`SELECT toString(sum(toDecimal128(Price, 4) * toInt32(Quantity))) AS amount
    FROM test.year1 WHERE Invoice = '489434'`);
  expect(steps.map((row) => row['difference'])).toEqual(steps.map(() => '0'));
  expect(step(2)).toMatchObject({ documents: '1', amount: '-7' });
  expect(step(3)).toMatchObject({ documents: '1', amount: missing?.['amount'] });
  expect(step(4)).toMatchObject({ documents: '1', amount: '-5' });
  expect(step(5)).toMatchObject({ documents: '20951', amount: '10305892.024', running: '10305892.024' });
  expect(step(22)).toMatchObject({ lines: '406337', amount: '8673383.33', running: '8673383.33' });
  // What customers who are not known, codes that are no products and rounding take away, counted apart from the models.
  const [apart] = await rows(`SELECT
      toString(sumIf(total, customer = '')) AS unknown,
      toString(sumIf(total, customer != '' AND NOT match(code, '^([0-9]{5}[a-zA-Z]*|PADS)$'))) AS odd
    FROM (
      SELECT Invoice, \`Customer ID\` AS customer, trimBoth(StockCode) AS code, -toDecimal128(Price, 4) * toInt32(Quantity) AS total
      FROM test.year1 WHERE Invoice NOT LIKE 'C%' AND Invoice NOT LIKE 'A%' AND toInt32(Quantity) > 0)`);
  expect(step(9)).toMatchObject({ amount: apart?.['unknown'] });
  expect(step(11)).toMatchObject({ amount: apart?.['odd'] });
  expect(step(21)).toMatchObject({ lines: '14', amount: '-0.014' });
});

test('a second build of the same data differs in nothing but its time', { timeout: PATIENCE_MS }, async () => {
  const before = await fingerprints(year);
  expect(Object.keys(before)).toEqual(
    expect.arrayContaining(['stg_retail_lines', 'retail_figures', 'segment_summary']),
  );
  expect(await fingerprints(await published())).toEqual(before);
});

test(
  'bad rows, a refused file, a withdrawn and a replaced one, and year 2 on top',
  { timeout: PATIENCE_MS },
  async () => {
    const day = LAST_DAY;
    const fileDay = '2026-04-29';
    await files.landFile('planted.csv', fileDay, [
      { invoice: '900001', date: day },
      { invoice: '900', date: day },
      { invoice: '900002', code: '', date: day },
      { invoice: '900003', quantity: 0, date: day },
      { invoice: '900004', price: '-1', date: day },
      { invoice: '900005', date: '2026-02-30' },
      { invoice: '900006', quantity: 2_000_000_000, price: '9.99', date: day },
      { invoice: '900007', quantity: -1, price: '-1', date: 'yesterday' },
      { invoice: 'C90008', quantity: -3, date: day },
      { invoice: '', date: day },
    ]);
    await clickhouse.command(`INSERT INTO raw.load_quarantine VALUES
    ('retail_transactions', 'cut.csv', 77, 0, ['truncated_file'], ['it ends in mid line'], '', '${fileDay}', now64(3)),
    ('retail_transactions', 'planted.csv', 1000001, 13, ['bad_quantity'], ['"x" is no number'], '', '${fileDay}', now64(3))`);
    await files.withdraw('daily_sales/2025-06-26/2025-06-26_transactions.csv');
    await files.landFile('daily_sales/2025-06-27/2025-06-27_transactions.csv', '2025-06-27', [
      { invoice: '900010', customer: '13085', date: '2025-06-27' },
    ]);
    await files.landYear2Overlap(day);
    changed = await published();
    expect(changed.publication).toMatchObject({ testsWarned: 1 });
    expect(changed.output).toMatch(/WARN.*retail_files_ingested/);
    expect(
      await rows(`SELECT kind, line_no, failed_rules FROM marts.retail_quarantined
      WHERE source_file IN ('planted.csv', 'cut.csv') ORDER BY kind, line_no`),
    ).toEqual([
      { kind: 'file', line_no: 0, failed_rules: ['truncated_file'] },
      { kind: 'line', line_no: 3, failed_rules: ['valid_invoice_no'] },
      { kind: 'line', line_no: 4, failed_rules: ['valid_stock_code'] },
      { kind: 'line', line_no: 5, failed_rules: ['valid_quantity'] },
      { kind: 'line', line_no: 6, failed_rules: ['valid_unit_price'] },
      { kind: 'line', line_no: 7, failed_rules: ['valid_invoice_date'] },
      { kind: 'line', line_no: 8, failed_rules: ['valid_total_price'] },
      { kind: 'line', line_no: 9, failed_rules: ['valid_quantity', 'valid_unit_price', 'valid_invoice_date'] },
      { kind: 'line', line_no: 11, failed_rules: ['valid_invoice_no'] },
      { kind: 'unreadable line', line_no: 13, failed_rules: ['bad_quantity'] },
    ]);
    expect(
      await rows(
        `SELECT * EXCEPT('date|loaded_at') FROM marts.bronze_daily_quality WHERE processing_date = '${fileDay}'`,
      ),
    ).toEqual([
      {
        total_records: '10',
        files_processed: '1',
        valid_records: '2',
        null_invoices: '1',
        null_stock_codes: '1',
        null_customer_ids: '0',
        bad_quantities: '3',
        bad_price: '2',
        odd_stock_codes: '1',
        cancellations: '1',
        duplicate_keys: '0',
        identical_records: '0',
        rescued_records: '1',
        refused_files: '1',
        rescued_data_quality_score: '90.909',
        valid_data_quality_score: '18.1818',
      },
    ]);
    expect(
      await rows(`SELECT rule, checked > 0 AS is_checked, broken FROM marts.retail_rule_results
      WHERE rule IN ('valid_file_ingestion', 'readable_line', 'one_file_per_invoice', 'positive_monetary') ORDER BY rule`),
    ).toEqual([
      { rule: 'one_file_per_invoice', is_checked: 1, broken: '22523' },
      { rule: 'positive_monetary', is_checked: 1, broken: '0' },
      { rule: 'readable_line', is_checked: 1, broken: '1' },
      { rule: 'valid_file_ingestion', is_checked: 1, broken: '1' },
    ]);
  },
);

test('what is built from the changed files is what a build from nothing gives', { timeout: PATIENCE_MS }, async () => {
  const [removed] = await rows(
    `SELECT sum(day = '2025-06-26') AS withdrawn, sum(day = '2025-06-27') AS replaced FROM test.year1`,
  );
  expect(await figures()).toMatchObject({
    // With the overlap, and with the planted lines but for two: those without a date stand under the day of their file,
    // which is after the as-of date.
    bronze_rows: String(525_461 - Number(removed?.['withdrawn']) - Number(removed?.['replaced']) + 1 + 8 + 22_523),
  });
  expect(await rows(`SELECT count() AS n FROM staging.stg_retail_lines WHERE processing_date = '2025-06-26'`)).toEqual([
    { n: '0' },
  ]);
  expect(
    await rows(
      `SELECT document_id, total_amount FROM intermediate.int_retail_documents WHERE document_date = '2025-06-27'`,
    ),
  ).toEqual([{ document_id: '900010', total_amount: '1' }]);
  const incremental = await fingerprints(changed);
  const anew = await dbt.build({ isFullRefresh: true });
  expect(anew.publication, anew.output).toMatchObject({ state: 'published' });
  expect(await fingerprints(anew)).toEqual(incremental);
});

test('deletes and inserts of many builds leave few parts', async () => {
  const parts = await rows(`SELECT max(n) AS parts FROM (
    SELECT count() AS n FROM system.parts WHERE active AND database IN ('raw', 'staging', 'intermediate') GROUP BY table)`);
  expect(Number(parts[0]?.['parts'])).toBeLessThan(20);
});
