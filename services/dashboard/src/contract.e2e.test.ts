import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS, topicJsonSchemas } from '@ebb/contracts';
import type { Pool } from '@ebb/postgres';
import { testDbt } from '@ebb/testing';
import { describe, expect, test, vi } from 'vitest';
import type { LandedContract, MartsContract } from './api/contract-schema.ts';
import type { LineageReport } from './api/lineage-schema.ts';
import { VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';

vi.setConfig({ testTimeout: 300_000 });

let postgres: Pool;
const app = openReportApp({
  postgres: async (pool) => {
    postgres = pool;
  },
});
const entry = (name: string): string => `[data-entry="${name}"]`;

describe('the API of the contract', () => {
  test('every mart has the columns that stand in the published database', async () => {
    const { marts, publication } = await app.ask<MartsContract>('/api/contract/marts');
    const there = await app.rows(
      `SELECT table, name, type FROM system.columns WHERE database = 'marts_${publication.id}' ORDER BY table, position`,
    );
    const told = marts.flatMap(({ name: table, columns }) => columns.map(({ name, type }) => ({ table, name, type })));
    expect(told).toEqual(there);
    expect(marts.flatMap(({ columns }) => columns.flatMap(({ tests }) => tests))).toContain('not_null');
  });

  test('every captured table has the columns of Postgres, every topic its schema', async () => {
    const { events, tables } = await app.ask<LandedContract>('/api/contract/landed');
    expect(Object.fromEntries(events.map(({ topic, schema }) => [topic, schema]))).toEqual(topicJsonSchemas());
    const { rows } = await postgres.query<{ name: string; columns: string[] }>(`
      SELECT table_schema || '.' || table_name AS name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
      FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema IN ('crm', 'sales') AND table_type = 'BASE TABLE' GROUP BY name`);
    const there = rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) }))).toEqual(there);
  });

  test('refuses what it does not know', async () => {
    expect(await app.refusal('/api/contract/marts?name=x')).toEqual(INVALID_QUERY);
    expect(await app.refusal('/api/contract/landed?x=1')).toEqual(INVALID_QUERY);
  });
});

describe('Data contract', () => {
  test('finds columns by name, and is kept as a file', async () => {
    await app.show('/contract');
    await app.page.getByLabel('Name, column or meaning holds').fill('gross_amount');
    await app.page.keyboard.press('Enter');
    await app.page.locator(entry('engagement_drops')).waitFor({ state: 'detached' });
    expect(await app.page.locator(`${entry('daily_revenue')} table`).innerText()).toContain('gross_amount');
    await app.page.getByLabel('Part').selectOption('events');
    await expect.poll(() => app.page.locator('[data-part="marts"]').count()).toBe(0);
    const [download] = await Promise.all([
      app.page.waitForEvent('download'),
      app.page.getByRole('link', { name: 'Download as JSON' }).click(),
    ]);
    const file = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, unknown[]>;
    const { marts, publication } = await app.ask<MartsContract>('/api/contract/marts');
    expect(download.suggestedFilename()).toBe(`contract-${publication.id}.json`);
    expect(file).toMatchObject({ marts, publication });
    expect(file['metrics']).toHaveLength(METRICS.length);
    expect(file['events']).toHaveLength(Object.keys(topicJsonSchemas()).length);
  });

  test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
    expect(await lookOf(app, { name: 'contract', path: '/contract' }, view)).toEqual(AS_AGREED);
  });
});

test('a captured table that is altered has other columns and a further version', async () => {
  const table = async (): Promise<LandedContract['tables'][number] | undefined> =>
    (await app.ask<LandedContract>('/api/contract/landed')).tables.find(({ name }) => name === 'crm.customers');
  const before = await table();
  await postgres.query('ALTER TABLE crm.customers ADD COLUMN shoe_size numeric(4, 1)');
  const after = await table();
  expect(after?.columns.at(-1)).toEqual({ name: 'shoe_size', type: 'numeric(4,1)', isKey: false, isNullable: true });
  expect(after?.versions).toHaveLength((before?.versions.length ?? 0) + 1);
  expect(after?.versions.at(-1)?.changes).toEqual(['shoe_size numeric(4,1) added']);
  await app.show('/contract?text=shoe_size');
  expect(await app.page.locator(entry('crm.customers')).innerText()).toContain('shoe_size numeric(4,1) added');
});

test('a model that is changed and published changes lineage and contract, on an open page too', async () => {
  const { edges } = await app.ask<LineageReport>('/api/lineage');
  await app.show('/contract?text=metric_dictionary');
  const dbt = await testDbt({ server: app.marts.server });
  const [sqlPath, ymlPath] = ['sql', 'yml'].map((kind) => `models/marts/metric_dictionary.${kind}`);
  const rewrite = async (path = '', from: string, to: string): Promise<void> => {
    const text = await readFile(join(dbt.project, path), 'utf8');
    expect(text).toContain(from);
    await dbt.write(path, text.replace(from, to));
  };
  await rewrite(sqlPath, '  title,', '  title,\n  lower(title) as plain_title,');
  await rewrite(sqlPath, '-- What every', "-- depends_on: {{ ref('int_source_days') }}\n-- What every");
  const title = '      - { name: title, data_type: String, description: As it stands above the figure. }\n';
  const column = `      - name: plain_title
        data_type: String
        description: The title without capitals.
        data_tests: [not_null]
`;
  await rewrite(ymlPath, title, title + column);
  const { publication, output } = await dbt.build({ select: ['metric_dictionary'] });
  expect(publication?.state, output).toBe('published');

  const after = await app.ask<LineageReport>('/api/lineage');
  const known = new Set(edges.map(({ from, to }) => `${from} ${to}`));
  expect(after.publication.id).toBe(publication?.id);
  expect(after.edges.filter(({ from, to }) => !known.has(`${from} ${to}`))).toEqual([
    { from: 'table:intermediate.int_source_days', to: 'table:marts.metric_dictionary' },
  ]);
  const { marts } = await app.ask<MartsContract>('/api/contract/marts');
  expect(marts.find(({ name }) => name === 'metric_dictionary')?.columns).toContainEqual({
    name: 'plain_title',
    type: 'String',
    description: 'The title without capitals.',
    tests: ['not_null'],
  });
  await app.page.getByRole('button', { name: 'Refresh' }).click();
  await app.page.locator(`[data-publication="${publication?.id}"]`).waitFor();
  const shown = app.page.locator(`${entry('metric_dictionary')} table`);
  await expect.poll(() => shown.innerText()).toContain('The title without capitals.');
});
