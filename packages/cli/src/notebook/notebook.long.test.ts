import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clickhouse, createClickhouse, currentPublication } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { createPool, type Pool } from '@ebb/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { formatted } from '../demo/batch.ts';
import { runningPostgres } from '../stack/connection.ts';
import { REPOSITORY } from '../stack/home.ts';
import { type Outcome, TestStack } from '../stack/test-stack.ts';
import { ebb, seedStack } from '../stack/testing/seed-stack.ts';

/** Two builds and five runs of models, of which others on the machine may leave little. */
const PATIENCE_MS = 3_000_000;
/** What came of it, for whoever wants to look. */
const KEPT = join(REPOSITORY, 'test-output', 'notebook');
const SEGMENTS = ['rfm_segments', '--source', 'retail_files'];
/** As `make notebook` has them. */
const OTHERS = [
  ['behaviour_clusters', '--source', 'shop'],
  ['clv', '--source', 'retail'],
  ['churn_scores', '--source', 'retail', '--params', '{"horizon_days": 120}'],
];
/** A week before the last of the daily files: time for some customers to become others. */
const WEEK_BEFORE = '2026-04-21';

const output = z.discriminatedUnion('output_type', [
  z.object({ output_type: z.literal('stream'), name: z.string(), text: z.string().or(z.array(z.string())) }),
  z.object({ output_type: z.enum(['display_data', 'execute_result']), data: z.record(z.string(), z.unknown()) }),
  z.object({ output_type: z.literal('error'), ename: z.string(), evalue: z.string() }),
]);
const runCell = z.object({ execution_count: z.number(), outputs: z.array(output) });
const runNotebook = z.object({ cells: z.array(z.looseObject({ cell_type: z.string() })) });

let stack: TestStack;
let clickhouse: Clickhouse;
let pool: Pool;
let tooEarly: Outcome;
let wasWrittenTooEarly: boolean;
let cells: z.infer<typeof runCell>[];
let page: string;
const days = mkdtempSync(join(tmpdir(), 'ebb-notebook-'));

beforeAll(async () => {
  rmSync(KEPT, { recursive: true, force: true });
  stack = new TestStack();
  await ebb(stack, 'up');
  clickhouse = createClickhouse({
    url: must((await stack.status()).clickhouse.url, 'url'),
    applicationName: 'ebb-test',
  });
  pool = createPool({ url: (await runningPostgres(stack.home)).url, applicationName: 'ebb-test', max: 2 });
  await seedStack(stack);
  await ebb(stack, 'datasets', 'retail-daily', days, '--until', WEEK_BEFORE);
  await publish([SEGMENTS]);
  tooEarly = await stack.run(['notebook', KEPT]);
  wasWrittenTooEarly = existsSync(KEPT);
  await ebb(stack, 'datasets', 'retail-daily', days);
  await publish([SEGMENTS, ...OTHERS]);
  await ebb(stack, 'notebook', KEPT);
  page = readFileSync(join(KEPT, 'customer-journey.html'), 'utf8');
  const run = runNotebook.parse(JSON.parse(readFileSync(join(KEPT, 'customer-journey.ipynb'), 'utf8')));
  cells = run.cells.filter(({ cell_type: type }) => type === 'code').map((cell) => runCell.parse(cell));
}, PATIENCE_MS);

afterAll(async () => {
  await pool.end();
  await clickhouse.close();
  await stack.dispose();
  rmSync(days, { recursive: true, force: true });
}, 300_000);

async function publish(models: readonly (readonly string[])[]): Promise<void> {
  await ebb(stack, 'load', days);
  await ebb(stack, 'build');
  for (const model of models) await ebb(stack, 'models', 'run', ...model);
  await ebb(stack, 'lake', 'publish');
}

/** What the cells printed. */
function printed(): string {
  const streams = cells.flatMap(({ outputs }) => outputs.filter((one) => one.output_type === 'stream'));
  return streams.map(({ text }) => [text].flat().join('')).join('');
}

const numberOf = (text: string | undefined): number => Number(must(text, 'a figure').replaceAll(',', ''));

async function row(sql: string, values: unknown[] = []): Promise<Record<string, number>> {
  return must((await pool.query<Record<string, number>>(sql, values)).rows[0], 'a row');
}

test('what is not published yet is named, and nothing is written', () => {
  const missing = 'not published yet: behaviour_clusters of shop, churn_scores of retail, clv of retail; make notebook';
  expect(tooEarly).toEqual({ code: 1, output: expect.stringMatching(new RegExp(`^ebb notebook: ${missing}.*\n$`)) });
  expect(wasWrittenTooEarly).toBe(false);
});

test('every cell ran without an error or a complaint, and the page shows every chart', () => {
  expect(cells.map(({ execution_count: count }) => count)).toEqual(cells.map((_, index) => index + 1));
  const outputs = cells.flatMap((cell) => cell.outputs);
  expect(outputs.filter((one) => one.output_type === 'error')).toEqual([]);
  expect(outputs.filter((one) => one.output_type === 'stream' && one.name !== 'stdout')).toEqual([]);
  const charts = outputs.filter((one) => one.output_type === 'display_data' && 'image/png' in one.data);
  expect(charts.length).toBeGreaterThanOrEqual(11);
  expect(page.match(/<img[^>]*src="data:image\/png;base64,/g)).toHaveLength(charts.length);
  expect(page).not.toMatch(/<script|<link|@import/);
});

test('neither holds a password', () => {
  const run = readFileSync(join(KEPT, 'customer-journey.ipynb'), 'utf8');
  const secrets = readFileSync(stack.home.secretsFile, 'utf8').match(/(?<=": ")[^"]{12,}(?=")/g) ?? [];
  expect(secrets.length).toBeGreaterThan(10);
  for (const secret of secrets) expect(run.includes(secret) || page.includes(secret)).toBe(false);
});

test('it says of which publication it is, and as of when', async () => {
  const { id, asOf, asOfRetail } = must(await currentPublication(clickhouse), 'a publication');
  expect(asOfRetail).toBe('2026-04-28');
  expect(printed()).toContain(`Publication ${id}, as of ${asOf}; the retailer's files until ${asOfRetail}`);
  expect(printed()).toContain(`The lake's newest snapshot is of publication ${id}\n`);
});

test('customers and revenue are those of the marts', async () => {
  const [gold] = await clickhouse.query<{ customers: string; revenue: string }>(
    'SELECT toString(count()) AS customers, toString(sum(Monetary)) AS revenue FROM marts.customer_rfm_gold',
  );
  const { customers, revenue } = must(gold, 'figures');
  expect({ customers, revenue }).toEqual({ customers: '4285', revenue: '8673383.33' });
  expect(printed()).toMatch(
    new RegExp(`^${formatted(customers, 0)} customers in \\d+ segments, revenue ${formatted(revenue, 2)} GBP$`, 'm'),
  );
});

test('who moved between two snapshots is told as ClickHouse reads them', async () => {
  const [, moved, known, snapshot] =
    /^([\d,]+) of ([\d,]+) customers of both snapshots .* than in snapshot (\d+)$/m.exec(printed()) ?? [];
  const clusters = async (settings: string): Promise<Map<string, string>> => {
    const rows = await clickhouse.query<{ customer: string; cluster: string }>(
      `SELECT customer_id AS customer, toString(cluster) AS cluster FROM lake.customer_clusters
       WHERE source = 'retail_files' AND kind = 'rfm_segments' ${settings}`,
    );
    return new Map(rows.map(({ customer, cluster }) => [customer, cluster]));
  };
  const [then, now] = [await clusters(`SETTINGS iceberg_snapshot_id = ${snapshot}`), await clusters('')];
  const both = [...then].filter(([customer]) => now.has(customer));
  expect(numberOf(known)).toBe(both.length);
  expect(numberOf(moved)).toBe(both.filter(([customer, cluster]) => now.get(customer) !== cluster).length);
  expect(numberOf(moved)).toBeGreaterThan(0);
});

test('everybody who has a score stands in it once', async () => {
  const [scores] = await clickhouse.query<{ customers: string; expected: number }>(
    "SELECT toString(count()) AS customers, sum(churn_probability) AS expected FROM ml.customer_churn WHERE source = 'retail'",
  );
  const [, customers, expected] =
    /^([\d,]+) customers are scored; ([\d,.]+) of them are expected/m.exec(printed()) ?? [];
  expect(numberOf(customers)).toBe(Number(scores?.customers));
  expect(numberOf(expected)).toBeCloseTo(must(scores, 'scores').expected, 0);
});

test('who bought and who asked for help are as many as Postgres has', async () => {
  const [, bought, asked] = /customers of the shop ([\d,]+) bought and ([\d,]+) asked for help/.exec(printed()) ?? [];
  expect({ bought: numberOf(bought), asked: numberOf(asked) }).toEqual(
    await row(
      `SELECT (SELECT count(DISTINCT user_id)::int FROM sales.orders WHERE source = 'shop' AND kind = 'order'
           AND order_status NOT IN ('cancelled', 'returned')) AS bought,
         (SELECT count(DISTINCT customer_id)::int FROM crm.support_tickets WHERE source = 'shop') AS asked`,
    ),
  );
});

test('a journey has every visit, order and ticket of its customer', async () => {
  const journeys = [
    ...printed().matchAll(/^Customer (\S+): ([\d,]+) visits, ([\d,]+) orders, ([\d,]+) tickets$/gm),
  ].map(([, customer = '', ...counts]) => ({ customer, counts: counts.map(numberOf) }));
  expect(journeys.length).toBeGreaterThanOrEqual(2);
  for (const { customer, counts } of journeys) {
    const { visits, orders, tickets } = await row(
      `WITH own AS (SELECT DISTINCT anonymous_id FROM stream.web_events WHERE source = 'shop' AND user_id = $1)
       SELECT (SELECT count(DISTINCT session_id)::int FROM stream.web_events
           WHERE source = 'shop' AND (user_id = $1 OR anonymous_id IN (SELECT anonymous_id FROM own))) AS visits,
         (SELECT count(*)::int FROM sales.orders WHERE source = 'shop' AND kind = 'order' AND user_id = $1) AS orders,
         (SELECT count(*)::int FROM crm.support_tickets WHERE source = 'shop' AND customer_id = $1) AS tickets`,
      [customer],
    );
    expect({ customer, counts }).toEqual({ customer, counts: [visits, orders, tickets] });
  }
});
