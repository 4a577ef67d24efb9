import { join } from 'node:path';
import { REPOSITORY } from '../stack/home.ts';
import type { Dashboard, Dataset, Tile } from './asset-types.ts';
import { chartAsset } from './chart-asset.ts';
import { dashboardAsset } from './dashboard-asset.ts';
import { DASHBOARDS } from './dashboards.ts';
import { databaseAsset, datasetAsset } from './dataset-asset.ts';
import { scheduleAsset } from './schedule-asset.ts';
import { SCHEDULES } from './schedules.ts';
import { yamlOf } from './yaml.ts';

export const ASSETS = join(REPOSITORY, 'superset', 'assets');
const NOTE = '# Made by ebb superset write. Do not edit.\n';

export function tilesOf(dashboard: Dashboard): Tile[] {
  return dashboard.rows.flat();
}

/** Every file of `superset/assets` by its path there. */
export function assetFiles(): Map<string, string> {
  const datasets = new Map<string, Dataset>();
  for (const dashboard of DASHBOARDS) {
    for (const { dataset } of [...tilesOf(dashboard), ...dashboard.filters]) datasets.set(dataset.name, dataset);
  }
  const files: [string, Parameters<typeof yamlOf>[0]][] = [
    ['metadata.yaml', { version: '1.0.0', type: 'assets', timestamp: '2026-01-01T00:00:00+00:00' }],
    ['databases/postgres.yaml', databaseAsset('postgres')],
    ['databases/clickhouse.yaml', databaseAsset('clickhouse')],
    ...[...datasets.values()].map((dataset): (typeof files)[number] => [
      `datasets/${dataset.database}/${dataset.name}.yaml`,
      datasetAsset(dataset),
    ]),
    ...DASHBOARDS.flatMap((dashboard): typeof files => [
      ...tilesOf(dashboard).map((tile): (typeof files)[number] => [
        `charts/${dashboard.slug}.${tile.slug}.yaml`,
        chartAsset(dashboard.slug, tile),
      ]),
      [`dashboards/${dashboard.slug}.yaml`, dashboardAsset(dashboard)],
    ]),
    ...SCHEDULES.map((schedule): (typeof files)[number] => [`reports/${schedule.slug}.yaml`, scheduleAsset(schedule)]),
  ];
  return new Map(files.map(([path, content]) => [path, NOTE + yamlOf(content)]));
}

/** Where the independent statement of a tile stands. */
export function statementFile(dashboard: Dashboard, tile: Tile): string {
  return join(REPOSITORY, 'superset', 'tiles', dashboard.slug, `${tile.slug}.sql`);
}
