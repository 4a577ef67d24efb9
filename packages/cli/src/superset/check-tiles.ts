import { readFile } from 'node:fs/promises';
import { errorMessage, must } from '@ebb/core';
import { statementFile, tilesOf } from './asset-files.ts';
import type { Dashboard, DatabaseName, Tile } from './asset-types.ts';
import { chartUuid, tileQuery } from './chart-asset.ts';
import { differenceOf } from './compare-rows.ts';
import { DASHBOARDS } from './dashboards.ts';
import type { ChartFilter, SupersetClient } from './superset-client.ts';

/** Rows of a statement, as lists of cells. */
export type Ask = Record<DatabaseName, (sql: string) => Promise<unknown[][]>>;

export interface TileResult {
  dashboard: string;
  tile: string;
  rows: number;
  /** Null when the tile shows rows, and those of its statement. */
  problem: string | null;
}

/** While events come in, a live tile and its statement see different moments; one of these times they see the same. */
const TRIES = 8;

/** Every tile of every dashboard under the filters chosen at first, against the statement of its own in the repository. */
export async function checkTiles(
  superset: SupersetClient,
  ask: Ask,
  dashboards: readonly Dashboard[] = DASHBOARDS,
): Promise<TileResult[]> {
  const ids = await superset.chartIds();
  const results: TileResult[] = [];
  for (const dashboard of dashboards) {
    for (const tile of tilesOf(dashboard)) {
      const id = must(ids.get(chartUuid(dashboard.slug, tile)), `chart ${dashboard.slug}/${tile.slug} in Superset`);
      results.push(await checkTile({ superset, ask, dashboard, tile, id }));
    }
  }
  return results;
}

interface TileCheck {
  superset: SupersetClient;
  ask: Ask;
  dashboard: Dashboard;
  tile: Tile;
  id: number;
}

async function checkTile(check: TileCheck): Promise<TileResult> {
  const { superset, ask, dashboard, tile, id } = check;
  const named = { dashboard: dashboard.slug, tile: tile.slug };
  const sql = await readFile(statementFile(dashboard, tile), 'utf8');
  const { columns, metrics } = tileQuery(tile);
  let result: TileResult = { ...named, rows: 0, problem: 'was not asked' };
  for (let attempt = 0; attempt < (tile.dataset.isLive === true ? TRIES : 1); attempt += 1) {
    try {
      const wanted = await ask[tile.dataset.database](sql);
      const { rows } = await superset.chartData(id, initialFilters(dashboard, tile));
      const shown = rows.map((row) => [...columns, ...metrics].map((name) => row[name]));
      result = {
        ...named,
        rows: shown.length,
        problem: emptiness(shown, columns.length) ?? differenceOf(shown, wanted),
      };
    } catch (error) {
      // One broken tile must not hide the others.
      result = { ...named, rows: 0, problem: errorMessage(error) };
    }
    if (result.problem === null) break;
  }
  return result;
}

/** A filter of a dashboard acts on every tile whose dataset has its column, as in the browser. */
function initialFilters(dashboard: Dashboard, tile: Tile): ChartFilter[] {
  return dashboard.filters.flatMap(({ column, initial }) =>
    initial === undefined || !(column in tile.dataset.columns) ? [] : [{ col: column, op: 'IN', val: [initial] }],
  );
}

function emptiness(rows: readonly unknown[][], dimensions: number): string | null {
  const figures = rows.flatMap((row) => row.slice(dimensions));
  return figures.some((cell) => cell !== null && cell !== undefined) ? null : 'shows nothing';
}
