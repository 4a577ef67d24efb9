import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRICS } from '@ebb/contracts';
import { expect, test } from 'vitest';
import { ASSETS, assetFiles, statementFile, tilesOf } from './asset-files.ts';
import { tileQuery } from './chart-asset.ts';
import { DASHBOARDS } from './dashboards.ts';

const tiles = DASHBOARDS.flatMap((dashboard) => tilesOf(dashboard).map((tile) => ({ dashboard, tile })));

test('the repository holds what the definitions say; if not: ebb superset write', async () => {
  const made = assetFiles();
  for (const [path, content] of made) expect(await readFile(join(ASSETS, path), 'utf8'), path).toBe(content);
  const stored = await readdir(ASSETS, { recursive: true, withFileTypes: true });
  expect(stored.filter((entry) => entry.isFile())).toHaveLength(made.size);
});

test('every tile has a statement of its own, and no statement is left over', async () => {
  const wanted = tiles.map(({ dashboard, tile }) => statementFile(dashboard, tile));
  expect(wanted.filter((file) => !existsSync(file))).toEqual([]);
  const folder = join(ASSETS, '..', 'tiles');
  const stored = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(stored.filter((entry) => entry.isFile())).toHaveLength(wanted.length);
});

test('every tile says what it counts, and asks only for metrics and columns that its dataset has', () => {
  for (const { dashboard, tile } of tiles) {
    const name = `${dashboard.slug}/${tile.slug}`;
    const metrics = tile.dataset.metrics.map((metric) => metric.metric_name);
    const { columns, metrics: asked, filters } = tileQuery(tile);
    expect(tile.description.length, name).toBeGreaterThan(10);
    expect(metrics, name).toEqual(expect.arrayContaining(asked));
    expect(Object.keys(tile.dataset.columns), name).toEqual(
      expect.arrayContaining([...columns, ...filters.map(({ col }) => col)]),
    );
  }
});

test('a figure with the name of a dictionary metric has its definition', () => {
  const known = new Map(METRICS.map((metric) => [metric.name, metric.description]));
  const shown = tiles.flatMap(({ tile }) => tile.dataset.metrics).filter((metric) => known.has(metric.metric_name));
  expect(shown.length).toBeGreaterThan(0);
  const others = shown.filter((metric) => !metric.description.startsWith(known.get(metric.metric_name) ?? ''));
  expect(others.map((metric) => metric.metric_name)).toEqual([]);
});

test('no two tiles of a dashboard, and no two dashboards, share a name; a row is twelve columns wide at most', () => {
  expect(new Set(DASHBOARDS.map(({ slug }) => slug)).size).toBe(DASHBOARDS.length);
  for (const dashboard of DASHBOARDS) {
    const slugs = tilesOf(dashboard).map(({ slug }) => slug);
    expect(new Set(slugs).size).toBe(slugs.length);
    for (const row of dashboard.rows) expect(row.reduce((sum, tile) => sum + tile.width, 0)).toBeLessThanOrEqual(12);
  }
});

test('no password and no address stands in an asset', () => {
  for (const content of assetFiles().values()) expect(content).not.toMatch(/password|@[\w.-]+:\d+/i);
});
