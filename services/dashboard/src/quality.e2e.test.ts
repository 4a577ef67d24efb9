import { describe, expect, test } from 'vitest';
import type { DeadLetters, Files, Quality, Quarantine } from './api/quality-schema.ts';
import { tileText, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';

const app = openReportApp();

describe('the API of Data quality', () => {
  test('counts lines and defects as SQL over what landed does', async () => {
    const { all, days, layers, dayCounts } = await app.ask<Quality>('/api/quality');
    const hand = await app.one<Record<'lines' | 'customers' | 'quantities' | 'good', string>>(`
      SELECT toString(count()) AS lines, toString(countIf(CustomerID IS NULL)) AS customers,
        toString(countIf(Quantity <= 0)) AS quantities,
        toString(countIf(Quantity > 0 AND Price >= 0 AND Invoice IS NOT NULL AND StockCode IS NOT NULL)) AS good
      FROM raw.retail_transactions_bronze_current`);
    expect(all).toMatchObject({
      retail_records: Number(hand.lines),
      retail_null_customers: Number(hand.customers),
      retail_bad_quantities: Number(hand.quantities),
      retail_unread_records: 1,
    });
    expect(all['retail_quality_score']).toBeCloseTo((100 * Number(hand.good)) / (Number(hand.lines) + 1), 9);
    expect(days.map(({ day }) => day)).toEqual(['2026-03-13', '2026-03-14']);
    const counts = await app.rows<Record<'day' | 'lines', string>>(`
      SELECT toString(toDate(InvoiceDate)) AS day, toString(count()) AS lines
      FROM raw.retail_transactions_bronze_current GROUP BY day ORDER BY day DESC`);
    expect(dayCounts.map(({ day, bronze }) => ({ day, lines: String(bronze) }))).toEqual(counts);
    expect(dayCounts[0]).toMatchObject({
      day: '2026-03-14',
      bronze: 3,
      silver: 1,
      returns: 1,
      quarantined: 1,
      gold: 0,
    });
    const records = Object.fromEntries(layers.map(({ layer, records: n }) => [layer, n]));
    expect(records).toEqual({ bronze: Number(hand.lines), silver: Number(hand.good), returns: 1, quarantine: 1 });
  });

  test('lists what is in quarantine, by rule', async () => {
    const all = await app.ask<Quarantine>('/api/quality/quarantine');
    expect(all.records.map(({ line, rules }) => ({ line, rules }))).toEqual([
      { line: 3, rules: ['valid_quantity'] },
      { line: 9, rules: ['bad_quantity'] },
    ]);
    expect(all.rules).toEqual(['bad_quantity', 'valid_quantity']);
    expect(await app.ask<Quarantine>('/api/quality/quarantine?rule=bad_quantity')).toMatchObject({
      total: 1,
      rules: all.rules,
    });
    expect(await app.ask<Quarantine>("/api/quality/quarantine?rule=x'%20OR%201")).toMatchObject({ total: 0 });
    const { rules } = await app.ask<Quality>('/api/quality');
    expect(rules.find(({ rule }) => rule === 'valid_quantity')).toMatchObject({ layer: 'silver', broken: 1 });
  });

  test('tells dead letters by reason, and files by what became of them', async () => {
    const letters = await app.ask<DeadLetters>('/api/quality/dead-letters?limit=1');
    expect(letters.reasons).toEqual([
      { code: 'INVALID_JSON', service: 'stream-aggregator', letters: 2, notReplayed: 1 },
    ]);
    expect(letters.letters).toHaveLength(1);
    expect(JSON.stringify(letters)).not.toContain('secret contents');
    const files = await app.ask<Files>('/api/quality/files');
    expect(files.statuses).toEqual([
      { status: 'loaded', files: 1 },
      { status: 'quarantined', files: 1 },
    ]);
    expect(files.files[0]).toMatchObject({ name: 'cut.csv', status: 'quarantined', rules: ['truncated_file'] });
  });

  test.each(['quarantine?limit=0', 'quarantine?offset=x', 'quarantine?rule=', 'dead-letters?limit=1000', 'files?x=1'])(
    'refuses %s with a reason',
    async (query) => {
      expect(await app.refusal(`/api/quality/${query}`)).toMatchObject(INVALID_QUERY);
    },
  );
});

describe('Data quality', () => {
  test('shows the figures of the API, each with its definition', async () => {
    await app.show('/quality');
    const { all } = await app.ask<Quality>('/api/quality');
    expect(await tileText(app.page, 'retail_records')).toBe(String(all['retail_records']));
    expect(await app.page.locator('[data-tile] button.term').count()).toBe(5);
    await app.page.locator('[data-layers="whole"]').waitFor();
    expect(await app.page.getByRole('img', { name: /2 days, lowest/ }).count()).toBe(1);
  });

  test('filters the quarantine in the address, and names the commands for dead letters', async () => {
    await app.show('/quality');
    await app.page.locator('[data-table="quarantine"]').waitFor();
    await app.page.getByRole('combobox', { name: 'Rule' }).selectOption('bad_quantity');
    await expect.poll(() => app.page.locator('[data-table="quarantine"] tbody tr').count()).toBe(1);
    expect(app.page.url()).toContain('rule=bad_quantity');
    await app.page.goBack();
    await expect.poll(() => app.page.locator('[data-table="quarantine"] tbody tr').count()).toBe(2);
    expect(await app.page.locator('[data-table="reasons"]').innerText()).toContain(
      'npx ebb dlq replay --reason INVALID_JSON',
    );
    expect(await app.page.locator('[data-table="letters"]').innerText()).toMatch(/npx ebb dlq replay [0-9a-f-]{36}/);
    expect(await app.page.locator('[data-table="files"]').innerText()).toContain('cut.csv');
  });
});

test.each(VIEWS)('quality, $name: looks as agreed, fits its width, no accessibility violation', async (view) => {
  expect(await lookOf(app, { name: 'quality', path: '/quality' }, view)).toEqual(AS_AGREED);
});
