import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { ONLINE_RETAIL_YEAR_1 } from '@ebb/datasets';
import { type TestDbt, testDbt, testPostgres } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestStack } from '../stack/test-stack.ts';
import { recountRetail } from './testing/recount-retail.ts';
import { retailProject } from './testing/retail-project.ts';
import { readYear, yearAfter, type YearLine } from './testing/retail-year.ts';

/** Loading half a million lines and building takes two minutes of a processor, of which others may leave little. */
const PATIENCE_MS = 1_800_000;
const LAST_SHARED_DAY = '2010-12-09';
const folder = mkdtempSync(join(tmpdir(), 'ebb-years-'));
const files = join(folder, 'days');
/** The second sheet of Online Retail II as CSV, which is not carried here; without it one is made of year 1. */
const year2 = hostEnvironment()['EBB_ONLINE_RETAIL_YEAR_2'] || join(folder, 'made-year-2.csv');

let dbt: TestDbt;
let commands: TestStack;
let first: YearLine[];
let second: YearLine[];

beforeAll(async () => {
  first = readYear(ONLINE_RETAIL_YEAR_1.path);
  if (year2.startsWith(folder)) writeFileSync(year2, yearAfter(first));
  second = readYear(year2);
  const postgres = await testPostgres();
  dbt = await testDbt({ files: await retailProject() });
  // Commands work on these servers instead of a stack's.
  commands = new TestStack({ EBB_POSTGRES_URL: postgres.url, EBB_CLICKHOUSE_URL: dbt.server.url });
}, PATIENCE_MS);

afterAll(() => {
  rmSync(commands.home.root, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function ebb(...args: string[]): Promise<string> {
  const { code, output } = await commands.run(args);
  expect(code, `ebb ${args.join(' ')}: ${output}`).toBe(0);
  return output;
}

/** As a person does it: daily files of these years, load them, build; the figures of the publication. */
async function figuresOf(...sources: string[]): Promise<Record<string, string>> {
  await ebb('datasets', 'retail-daily', files, '--dates', 'original', '--source', ...sources);
  await ebb('load', files);
  const { publication, output } = await dbt.build();
  expect(publication, output).toMatchObject({ state: 'published' });
  const rows = await dbt.server.clickhouse.query<{ figure: string; value: string }>(
    'SELECT figure, toString(value) AS value FROM marts.retail_figures',
  );
  return Object.fromEntries(rows.map(({ figure, value }) => [figure, value]));
}

test('counted apart from the models, year 1 gives its golden numbers: the recount can be trusted', () => {
  expect(recountRetail(first)).toMatchObject({
    bronze_rows: '525461',
    silver_rows: '513132',
    return_rows: '10205',
    gold_lines: '406337',
    gold_customers: '4285',
    gold_gross_revenue: '8673383.33',
    gold_exact_revenue: '8673383.344',
    bronze_odd_stock_codes: '3083',
    median_frequency: '2',
    median_monetary: '702.9',
    outliers_monetary_only: '197',
    outliers_frequency_only: '53',
    outliers_both: '226',
    duplicate_key_rows: '6980',
    identical_rows: '6866',
    cancelled_value_known_customers: '483794.7',
    order_amount: '10305892.024',
    adjustment_amount: '-136552.02',
    plain_revenue: '8832003.274',
  });
});

test('the same commands take year 2 at its own dates', { timeout: PATIENCE_MS }, async () => {
  const expected = recountRetail(second);
  expect(Number(expected['gold_customers'])).toBeGreaterThan(1_000);
  expect(await figuresOf(year2)).toMatchObject(expected);
});

test('and both years, whose shared days count once', { timeout: PATIENCE_MS }, async () => {
  const shared = second.filter(({ day }) => day <= LAST_SHARED_DAY);
  const expected = recountRetail([...first, ...second.filter(({ day }) => day > LAST_SHARED_DAY)]);
  expect(shared).toHaveLength(22_523);
  expect(expected['bronze_rows']).toBe(String(first.length + second.length - 22_523));
  expect(await figuresOf(ONLINE_RETAIL_YEAR_1.path, year2)).toMatchObject(expected);
});
