import type { SupersetMetric } from '@ebb/contracts';
import { must } from '@ebb/core';
import type { Tile } from './asset-types.ts';
import { assetUuid } from './uuid.ts';

const VIZ_TYPES = {
  number: 'big_number_total',
  gauge: 'gauge_chart',
  line: 'echarts_timeseries_line',
  bar: 'echarts_timeseries_bar',
  pie: 'pie',
  table: 'table',
  combo: 'mixed_timeseries',
} as const;
/** More than the minutes of a day. */
const DEFAULT_LIMIT = 2000;
/** The one sequence of colours of all dashboards. */
export const COLOR_SCHEME = 'supersetColors';

export interface TileQuery {
  columns: string[];
  metrics: string[];
  filters: { col: string; op: string; val: string | number | boolean | string[] }[];
  orderby: [string, boolean][];
  row_limit: number;
  extras: Record<string, never>;
}

/** The question a tile asks, without the choices of its dashboard. */
export function tileQuery(tile: Tile): TileQuery {
  const columns = [...(tile.x === undefined ? [] : [tile.x]), ...(tile.by ?? [])];
  return {
    columns,
    metrics: [...tile.metrics, ...(tile.lines ?? [])],
    filters: (tile.filters ?? []).map(({ column, is }) => ({ col: column, op: '==', val: is })),
    orderby: orderOf(tile),
    row_limit: tile.limit ?? DEFAULT_LIMIT,
    extras: {},
  };
}

/** Along the axis, if that is what the tile shows all of; else the greatest first. */
function orderOf({ x, by = [], metrics, limit }: Tile): [string, boolean][] {
  if (x !== undefined && limit === undefined) return [[x, true]];
  const [first] = metrics;
  const isOneRow = x === undefined && by.length === 0;
  return first === undefined || isOneRow ? [] : [[first, false]];
}

export function chartAsset(dashboard: string, tile: Tile) {
  const query = tileQuery(tile);
  const form = formData(tile);
  return {
    slice_name: tile.title,
    description: tile.description,
    viz_type: VIZ_TYPES[tile.kind],
    params: form,
    query_context: JSON.stringify({
      datasource: { id: 0, type: 'table' },
      force: false,
      queries: [query],
      form_data: form,
      result_format: 'json',
      result_type: 'full',
    }),
    cache_timeout: null,
    uuid: chartUuid(dashboard, tile),
    version: '1.0.0',
    dataset_uuid: assetUuid('dataset', tile.dataset.name),
    is_managed_externally: true,
  };
}

export function chartUuid(dashboard: string, tile: Tile): string {
  return assetUuid('chart', `${dashboard}/${tile.slug}`);
}

function formData(tile: Tile) {
  return {
    viz_type: VIZ_TYPES[tile.kind],
    datasource: '0__table',
    adhoc_filters: (tile.filters ?? []).map(({ column, is }) => ({
      expressionType: 'SIMPLE',
      clause: 'WHERE',
      subject: column,
      operator: '==',
      comparator: is,
    })),
    row_limit: tile.limit ?? DEFAULT_LIMIT,
    color_scheme: COLOR_SCHEME,
    ...FORMS[tile.kind](tile),
  };
}

type Form = Record<string, string | number | boolean | null | readonly string[]>;

const FORMS: Record<Tile['kind'], (tile: Tile) => Form> = {
  number: (tile) => ({
    metric: first(tile),
    header_font_size: 0.4,
    y_axis_format: metricOf(tile, first(tile)).d3format,
  }),
  gauge: (tile) => ({
    metric: first(tile),
    groupby: [],
    min_val: 0,
    max_val: tile.maximum ?? null,
    number_format: metricOf(tile, first(tile)).d3format,
    show_pointer: true,
  }),
  line: (tile) => ({ ...axes(tile), markerEnabled: true, markerSize: 3, seriesType: 'line' }),
  bar: axes,
  pie: (tile) => ({
    metric: first(tile),
    groupby: tile.by ?? [],
    donut: true,
    innerRadius: 45,
    show_legend: true,
    label_type: 'key_percent',
    sort_by_metric: true,
  }),
  table: (tile) => ({
    query_mode: 'aggregate',
    groupby: tile.by ?? [],
    metrics: tile.metrics,
    order_desc: true,
    table_timestamp_format: '%Y-%m-%d',
    show_cell_bars: false,
  }),
  combo: (tile) => ({
    ...axes(tile),
    groupby: [],
    seriesType: 'bar',
    metrics_b: tile.lines ?? [],
    groupby_b: [],
    seriesTypeB: 'line',
    yAxisIndexB: 1,
    markerEnabledB: true,
    row_limit_b: tile.limit ?? DEFAULT_LIMIT,
  }),
};

function axes(tile: Tile): Form {
  return {
    x_axis: must(tile.x, `axis x of ${tile.slug}`),
    // The rows are those of the axis already; nothing is cut to a coarser grain.
    time_grain_sqla: null,
    metrics: tile.metrics,
    groupby: tile.by ?? [],
    x_axis_sort_asc: true,
    show_legend: tile.metrics.length + (tile.lines ?? []).length + (tile.by ?? []).length > 1,
    rich_tooltip: true,
    x_axis_time_format: timeFormatOf(tile),
    y_axis_format: tickFormat(metricOf(tile, first(tile)).d3format),
    truncateXAxis: false,
    xAxisForceCategorical: false,
  };
}

/** Minutes by their time, months without a day. */
function timeFormatOf({ dataset, x = '' }: Tile): string {
  if (dataset.columns[x] === 'timestamptz') return '%H:%M';
  return x.endsWith('month') ? '%b %Y' : '%d %b %Y';
}

/** No zeros behind the point, and halves where whole figures are few. */
function tickFormat(format: string): string {
  return format.replace(/d$/, '.1~f').replace(/(\.\d)f$/, '$1~f');
}

function first(tile: Tile): string {
  return must(tile.metrics[0], `metric of ${tile.slug}`);
}

function metricOf(tile: Tile, name: string): SupersetMetric {
  return must(
    tile.dataset.metrics.find((metric) => metric.metric_name === name),
    `metric ${name} of ${tile.dataset.name}`,
  );
}
