import type { Dashboard, DashboardFilter, Tile } from './asset-types.ts';
import { chartUuid, COLOR_SCHEME } from './chart-asset.ts';
import { assetUuid } from './uuid.ts';

/** In Superset's grid units. */
const HEIGHTS: Record<Tile['kind'], number> = {
  number: 20,
  gauge: 50,
  line: 50,
  bar: 50,
  pie: 50,
  table: 60,
  combo: 50,
};
const ROOT = ['ROOT_ID', 'GRID_ID'];
/**
 * Superset gives a chart's description to screen readers alone; here it stands under the title the pointer is on. A narrow
 * tile has no room for both its title and a count of the filters, which stand beside the dashboard.
 */
const STYLES = `.dashboard-chart { position: relative; }
.chart-slice:has(.header-title:hover) .dashboard-chart[aria-label]::after {
  content: attr(aria-label);
  position: absolute; z-index: 10; inset: 0 0 auto 0; padding: 6px 10px;
  border-radius: 4px; background: #303030; color: #fff; font-size: 12px; line-height: 1.4; pointer-events: none;
}
.chart-slice[data-test-viz-type="big_number_total"] .filter-counts { display: none; }
`;

export function dashboardAsset(dashboard: Dashboard) {
  return {
    dashboard_title: dashboard.title,
    description: dashboard.description,
    css: STYLES,
    slug: dashboard.slug,
    uuid: assetUuid('dashboard', dashboard.slug),
    position: layout(dashboard),
    metadata: {
      color_scheme: COLOR_SCHEME,
      refresh_frequency: dashboard.refreshSeconds ?? 0,
      cross_filters_enabled: true,
      native_filter_configuration: dashboard.filters.map((filter) => nativeFilter(dashboard.slug, filter)),
    },
    published: true,
    is_managed_externally: true,
    version: '1.0.0',
  };
}

function layout(dashboard: Dashboard) {
  const rows = dashboard.rows.map((tiles, at) => row(dashboard.slug, tiles, `ROW-${at + 1}`));
  return {
    DASHBOARD_VERSION_KEY: 'v2',
    ROOT_ID: { type: 'ROOT', id: 'ROOT_ID', children: ['GRID_ID'] },
    GRID_ID: { type: 'GRID', id: 'GRID_ID', children: rows.map(({ id }) => id), parents: ['ROOT_ID'] },
    HEADER_ID: { type: 'HEADER', id: 'HEADER_ID', meta: { text: dashboard.title } },
    ...Object.assign({}, ...rows.map(({ nodes }) => nodes)),
  };
}

function row(slug: string, tiles: readonly Tile[], id: string) {
  const charts = tiles.map((tile) => {
    const uuid = chartUuid(slug, tile);
    const meta = { chartId: 0, uuid, sliceName: tile.title, width: tile.width, height: HEIGHTS[tile.kind] };
    return { type: 'CHART', id: `CHART-${tile.slug}`, children: [], parents: [...ROOT, id], meta };
  });
  const own = {
    type: 'ROW',
    id,
    children: charts.map((chart) => chart.id),
    parents: ROOT,
    meta: { background: 'BACKGROUND_TRANSPARENT' },
  };
  return { id, nodes: Object.fromEntries([own, ...charts].map((node) => [node.id, node])) };
}

function nativeFilter(slug: string, { name, dataset, column, initial }: DashboardFilter) {
  const chosen = initial === undefined ? undefined : [initial];
  return {
    id: `NATIVE_FILTER-${assetUuid('filter', `${slug}/${name}`).slice(0, 8)}`,
    name,
    type: 'NATIVE_FILTER',
    filterType: 'filter_select',
    targets: [{ datasetUuid: assetUuid('dataset', dataset.name), column: { name: column } }],
    controlValues: {
      // Of what must not be added up exactly one is chosen.
      multiSelect: initial === undefined,
      enableEmptyFilter: initial !== undefined,
      defaultToFirstItem: false,
      inverseSelection: false,
      searchAllOptions: false,
    },
    defaultDataMask:
      chosen === undefined
        ? { extraFormData: {}, filterState: {} }
        : {
            extraFormData: { filters: [{ col: column, op: 'IN', val: chosen }] },
            filterState: { value: chosen, label: initial ?? '' },
          },
    cascadeParentIds: [],
    scope: { rootPath: ['ROOT_ID'], excluded: [] },
    description: '',
  };
}
