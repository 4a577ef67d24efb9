import { readFile } from 'node:fs/promises';
import { OUTLET } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import type { Funnel } from './api/funnel-schema.ts';
import { answered, tileText } from './testing/live-page.ts';
import { publishChanged } from './testing/published-marts.ts';
import { openReportApp } from './testing/report-app.ts';
import { REPORT_PAGES } from './testing/report-pages.ts';

/** What readers do while a build is published: the page they look at comes to the new one, whole, without being loaded again. */

const app = openReportApp();
const comesTo = async (publication: string): Promise<void> => {
  await app.page.locator(`[data-publication="${publication}"]`).waitFor();
  await answered(app.page);
};
const numbersOf = (texts: readonly string[]): number[] => texts.map((text) => Number(text.replaceAll(/[^\d-]/g, '')));
const number = async (tile: string): Promise<number> => numbersOf([await tileText(app.page, tile)])[0] ?? NaN;
const column = (table: string, at: number): Promise<string[]> =>
  app.page.locator(`[data-table="${table}"] tbody tr > :nth-child(${at})`).allInnerTexts();

describe('Refresh', () => {
  test.each(REPORT_PAGES)('$title: shows what was published meanwhile', async ({ path }) => {
    await app.show(path);
    const id = await publishChanged(app.marts);
    await app.page.getByRole('button', { name: 'Refresh' }).click();
    await comesTo(id);
    expect(await app.page.locator('[data-notice]').count()).toBe(0);
  });

  test('shows the new figures', async () => {
    await app.show(`/overview?source=${OUTLET}&currency=USD`);
    const before = await number('total_orders');
    const id = await publishChanged(app.marts, 'daily_revenue', '* REPLACE (total_orders * 2 AS total_orders)');
    await app.page.getByRole('button', { name: 'Refresh' }).click();
    await comesTo(id);
    expect(await number('total_orders')).toBe(before * 2);
  });

  test('is not needed: a page that is looked at comes to it within a minute', async () => {
    await app.page.clock.install();
    await app.show('/segments?view=customers');
    const before = await number('retail_median_recency');
    const id = await publishChanged(app.marts, 'customer_segments', '* REPLACE (toInt32(Recency + 500) AS Recency)');
    await app.page.clock.fastForward(61_000);
    await comesTo(id);
    expect(await number('retail_median_recency')).toBe(before + 500);
    await expect.poll(async () => Math.min(...numbersOf(await column('customers', 3)))).toBeGreaterThanOrEqual(500);
  });
});

test('a file and the next page of Segments are of the new publication, and so are its figures then', async () => {
  // As the figures were built.
  await publishChanged(app.marts);
  await app.show('/segments?view=customers');
  const before = await number('retail_median_recency');
  const id = await publishChanged(app.marts, 'customer_segments', '* REPLACE (toInt32(Recency + 1000) AS Recency)');
  const [download] = await Promise.all([
    app.page.waitForEvent('download'),
    app.page.getByRole('link', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`customers-${id}.csv`);
  const [, ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines.length).toBeGreaterThan(25);
  expect(lines.map((line) => Number(line.split(',').at(-4))).filter((recency) => recency < 1000)).toEqual([]);
  await app.page.getByRole('button', { name: 'Next page of the customers' }).click();
  await comesTo(id);
  expect(await number('retail_median_recency')).toBe(before + 1000);
  expect(numbersOf(await column('customers', 3)).filter((recency) => recency < 1000)).toEqual([]);
  expect(await app.page.locator('[data-pager="customers"]').innerText()).toMatch(/^26 to/);
});

test('a search of Customers, and the customer it leads to, are of the new publication', async () => {
  await app.show(`/customers?source=${OUTLET}`);
  const ids = await column('customers', 1);
  const before = numbersOf(await column('customers', 5))[ids.indexOf('u0')] ?? NaN;
  const id = await publishChanged(
    app.marts,
    'int_customer_profiles_ml',
    '* REPLACE (total_orders * 2 AS total_orders)',
  );
  await app.page.getByLabel('Id holds').fill('u0');
  await app.page.keyboard.press('Enter');
  await comesTo(id);
  expect(numbersOf(await column('customers', 5))).toEqual([before * 2]);
  await app.page.getByRole('link', { name: 'u0', exact: true }).click();
  await comesTo(id);
  expect(await number('orders')).toBe(before * 2);
});

test('months instead of weeks bring all of Funnel to the new publication', async () => {
  const path = `/funnel?source=${OUTLET}&from=2026-03-08&to=2026-03-14`;
  await app.show(path);
  const { steps } = await app.ask<Funnel>(`/api${path}`);
  const id = await publishChanged(app.marts, 'funnel_steps', '* REPLACE (sessions * 3 AS sessions)');
  await app.page.getByRole('radio', { name: 'Months' }).check();
  await comesTo(id);
  const bars = await app.page.locator('[data-bars="steps"]').innerText();
  for (const { sessions } of steps) expect(bars).toContain(String(sessions * 3));
});

test('a tenth of risk brings the bank’s figures to the new publication too', async () => {
  await app.show(`/churn?source=${OUTLET}`);
  const bank = app.page.getByRole('region', { name: 'The bank' }).locator('.section-head p');
  const [before = NaN] = numbersOf(/n = \d+/.exec(await bank.innerText()) ?? []);
  const id = await publishChanged(app.marts, 'bank_kpis', '* REPLACE (customers * 7 AS customers)');
  await app.page.getByLabel('Tenth of risk').selectOption('2');
  await comesTo(id);
  await expect.poll(() => bank.innerText()).toContain(`n = ${before * 7} `);
  expect(await column('risks', 1)).toEqual(['u2']);
});

test('a rule of the quarantine brings Data quality to the new publication', async () => {
  await app.show('/quality');
  const id = await publishChanged(app.marts, 'retail_quarantined', "* REPLACE ('said anew' AS detail)");
  await app.page.getByRole('combobox', { name: 'Rule' }).selectOption('bad_quantity');
  await comesTo(id);
  expect(await column('quarantine', 5)).toEqual(['said anew']);
});
