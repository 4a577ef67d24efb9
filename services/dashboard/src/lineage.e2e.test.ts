import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { About } from './api/about-schema.ts';
import type { LineageDetail, LineageReport } from './api/lineage-schema.ts';
import { answered, VIEWS } from './testing/live-page.ts';
import { AS_AGREED, lookOf } from './testing/look.ts';
import { INVALID_QUERY, openReportApp } from './testing/report-app.ts';

const app = openReportApp();
const MART = 'table:marts.daily_revenue';
const nodePath = (id: string): string => `/api/lineage/node?id=${encodeURIComponent(id)}`;
const graphNode = (id: string): string => `[data-graph="lineage"] [data-node="${id}"]`;

describe('the API of Lineage', () => {
  test('has every mart, table and source that the warehouse has, with its rows', async () => {
    const { nodes, edges, publication } = await app.ask<LineageReport>('/api/lineage');
    const there = await app.rows<{ id: string; rows: string | null }>(`
      SELECT concat('table:', if(startsWith(database, 'marts_'), 'marts', database), '.', name) AS id,
        if(engine = 'View', NULL, toString(total_rows)) AS rows
      FROM system.tables WHERE database IN ('staging', 'intermediate', 'marts_${publication.id}') ORDER BY id`);
    const told = new Map(nodes.map((node) => [node.id, node.rows]));
    expect(there.map(({ id }) => [id, told.get(id)])).toEqual(
      there.map(({ id, rows }) => [id, rows === null ? null : Number(rows)]),
    );
    const events = await app.one<{ n: string; at: string }>(
      `SELECT toString(count()) AS n, toString(toUnixTimestamp64Milli(max(_kafka_time))) AS at FROM raw.web_events_current`,
    );
    const source = nodes.find(({ id }) => id === 'table:raw.web_events_current');
    expect(source?.rows).toBe(Number(events.n));
    expect(Date.parse(source?.newestAt ?? '')).toBe(Number(events.at));
    const ids = new Set(nodes.map(({ id }) => id));
    expect(edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
  });

  test('counts the tests that the build passed, and names them by node', async () => {
    const { nodes, publication } = await app.ask<LineageReport>('/api/lineage');
    const seen = new Set<string>();
    for (const { id } of nodes.filter(({ testsPassed }) => testsPassed > 0)) {
      const { node } = await app.ask<LineageDetail>(nodePath(id));
      for (const { name, status } of node.tests) if (status === 'pass') seen.add(name);
    }
    expect(seen.size).toBe(publication.testsPassed);
  });

  test('a node has columns as they stand in the warehouse, and its neighbours', async () => {
    const { node, publication } = await app.ask<LineageDetail>(nodePath(MART));
    const columns = await app.rows(
      `SELECT name, type FROM system.columns WHERE database = 'marts_${publication.id}' AND table = 'daily_revenue'
       ORDER BY position`,
    );
    expect(node.columns.map(({ name, type }) => ({ name, type }))).toEqual(columns);
    expect(node).toMatchObject({ isEnforced: true, type: 'TABLE' });
    expect(node.upstream).toContain('table:intermediate.daily_order_kpis');
    expect(node.downstream).toEqual(expect.arrayContaining(['dashboard:live_page', 'dashboard:overview_page']));
  });

  test('refuses what is no node', async () => {
    expect(await app.refusal(nodePath("table:marts.x' OR 1"))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await app.refusal('/api/lineage/node')).toEqual(INVALID_QUERY);
    expect(await app.refusal('/api/lineage?node=x')).toEqual(INVALID_QUERY);
  });
});

describe('Lineage', () => {
  test('draws every node; a chosen one shows its contract and tests, and what belongs to it', async () => {
    await app.show('/lineage');
    const { nodes } = await app.ask<LineageReport>('/api/lineage');
    expect(await app.page.locator('[data-graph="lineage"] [data-node]').count()).toBe(nodes.length);
    await app.page.locator(graphNode(MART)).click();
    await app.page.locator(`[data-node-detail="${MART}"]`).waitFor();
    await answered(app.page);
    expect(app.page.url()).toContain(`node=${encodeURIComponent(MART)}`);
    const { node } = await app.ask<LineageDetail>(nodePath(MART));
    const count = (table: string): Promise<number> => app.page.locator(`[data-table="${table}"] tbody tr`).count();
    expect([await count('columns'), await count('tests')]).toEqual([node.columns.length, node.tests.length]);
    expect(await app.page.locator(graphNode('dashboard:overview_page')).getAttribute('class')).toContain('down');
    expect(await app.page.locator(graphNode('topic:purchase_events')).getAttribute('class')).toContain('up');
    expect(await app.page.locator(graphNode('dashboard:quality_page')).getAttribute('class')).not.toMatch(/up|down/);
    await app.page.getByLabel('Only what belongs to the chosen node').check();
    await expect.poll(() => app.page.locator(graphNode('dashboard:quality_page')).count()).toBe(0);
    await app.page.goBack();
    await expect.poll(() => app.page.locator('[data-graph="lineage"] [data-node]').count()).toBe(nodes.length);
  });

  test('is walked by keyboard, and found by name in the list', async () => {
    await app.show(`/lineage?node=${encodeURIComponent(MART)}`);
    await app.page.locator(graphNode(MART)).focus();
    await app.page.keyboard.press('ArrowRight');
    await app.page.keyboard.press('Enter');
    await expect.poll(() => app.page.url()).toMatch(/node=(dashboard|application)%3A/);
    await app.page.getByLabel('Name or kind holds').fill('daily_rev');
    await app.page.keyboard.press('Enter');
    await expect.poll(() => app.page.locator('[data-table="nodes"] tbody tr').count()).toBe(1);
    await app.page.locator('[data-table="nodes"]').getByRole('link', { name: 'marts.daily_revenue' }).click();
    await app.page.locator(`[data-node-detail="${MART}"]`).waitFor();
  });

  test('a node that is not there is said to be so', async () => {
    await app.show('/lineage?node=table:marts.never');
    const said = app.page.locator('[data-failure="NOT_FOUND"]');
    expect(await said.innerText()).toContain('table:marts.never');
    app.complaints.length = 0;
  });
});

test('About draws the parts of the lineage, tells every service and what runs', async () => {
  await app.show('/about');
  const { parts } = await app.ask<About>('/api/about');
  expect(parts.filter(({ version }) => version === null)).toEqual([]);
  const { version } = await app.one<{ version: string }>('SELECT version() AS version');
  expect(parts.find(({ name }) => name === 'ClickHouse')?.version).toBe(version);
  const services = readdirSync(resolve(import.meta.dirname, '../..'));
  expect(await app.page.locator('[data-table="processes"] tbody tr').count()).toBe(services.length);
  await app.page.locator('[data-graph="architecture"] [data-node="cdc-sink"]').click();
  const raw = app.page.locator('[data-graph="architecture"] [data-node="ClickHouse raw"]');
  await expect.poll(() => raw.getAttribute('class')).toContain('down');
  expect(app.page.url()).toContain('part=cdc-sink');
  for (const width of [760, 1280]) {
    await app.page.setViewportSize({ width, height: 900 });
    const isWhole = `(({ clientWidth, clientHeight, scrollWidth, scrollHeight }) =>
      scrollWidth <= clientWidth && scrollHeight <= clientHeight)(document.querySelector('[data-graph="architecture"]'))`;
    await expect.poll(() => app.page.evaluate(isWhole), { message: String(width) }).toBe(true);
  }
});

describe.each([
  { name: 'lineage', path: '/lineage' },
  { name: 'lineage-node', path: `/lineage?node=${encodeURIComponent(MART)}&only=1` },
  { name: 'about', path: '/about' },
])('$name', (page) => {
  test.each(VIEWS)('$name: looks as agreed, fits its width, no accessibility violation', async (view) => {
    expect(await lookOf(app, page, view)).toEqual(AS_AGREED);
  });
});
