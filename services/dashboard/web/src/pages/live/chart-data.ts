import type { LiveSnapshot, OrderMinutes } from '../../api-types.ts';
import type { ChartData, ChartSeries, SeriesColour } from '../../charts/chart-types.ts';
import { formatCount, formatMoney, formatShort, formatShortMoney } from '../../format.ts';
import { fillMinutes, type TimeRange } from '../../live-model.ts';

type Shape = ChartSeries['shape'];
type Common = Pick<ChartData, 'range' | 'timezone' | 'isRunning'>;

export interface LiveCharts {
  users: ChartData;
  clicks: ChartData;
  orders: ChartData;
  revenue: ChartData;
}

/** One column of counts, and how it looks. */
type Counts = readonly [label: string, values: number[], shape: Shape, colour: SeriesColour];

/** Bars of more minutes than this would be thinner than a pixel. */
const MOST_BARS = 180;

/** The page's four charts over one range. `endSeconds` is the end of the running minute. */
export function liveCharts(snapshot: LiveSnapshot, range: TimeRange, endSeconds: number): LiveCharts {
  const end = Math.min(endSeconds, Date.parse(snapshot.dayEnd) / 1000);
  const common = { range, timezone: snapshot.timezone, isRunning: snapshot.isToday && range.to >= end };
  const web = snapshot.webMinutes;
  const orders = snapshot.orderMinutes;
  const bars: Shape = (range.to - range.from) / 60 <= MOST_BARS ? 'bars' : 'area';
  const counts = (columns: { minute: number[] }, series: readonly Counts[]): ChartData =>
    countChart(common, fill(columns, series, range, end), series);
  return {
    users: counts(web, [['Users', web.users, 'area', 'series-1']]),
    clicks: counts(web, [
      ['Page views', web.pageViews, 'area', 'series-1'],
      ['Product clicks', web.productClicks, 'line', 'series-2'],
    ]),
    orders: counts(orders, [
      ['Products', orders.products, 'area', 'series-1'],
      ['Orders', orders.orders, 'line', 'series-2'],
    ]),
    revenue: revenueChart(common, orders, { currency: snapshot.currency, bars, end }),
  };
}

function fill(
  columns: { minute: number[] },
  series: readonly Counts[],
  range: TimeRange,
  end: number,
): ReturnType<typeof fillMinutes> {
  const values = series.map(([, column]) => column);
  return fillMinutes(columns, values, range, end);
}

function countChart(common: Common, filled: ReturnType<typeof fillMinutes>, series: readonly Counts[]): ChartData {
  return {
    ...common,
    minutes: filled.minutes,
    axisText: (value) => (Number.isInteger(value) ? formatShort(value) : ''),
    series: series.map(([label, , shape, colour], column) => {
      const values = filled.values[column] ?? [];
      return { label, shape, colour, values, text: (_, index) => formatCount(values[index]) };
    }),
  };
}

function revenueChart(
  common: Common,
  orders: OrderMinutes,
  look: { currency: string | null; bars: Shape; end: number },
): ChartData {
  const { currency, bars, end } = look;
  const filled = fillMinutes(orders, [orders.net.map(Number), orders.gross.map(Number)], common.range, end);
  // Only the drawn height is a float; text comes from the exact decimals.
  const rows = new Map(orders.minute.map((minute, row) => [minute, row]));
  const exact = (amounts: readonly string[], minute: number): string => {
    const row = rows.get(minute);
    return formatMoney(row === undefined ? '0' : (amounts[row] ?? '0'), currency);
  };
  const [net = [], gross = []] = filled.values;
  return {
    ...common,
    minutes: filled.minutes,
    axisText: (value) => formatShortMoney(value, currency),
    series: [
      { label: 'Net', shape: bars, colour: 'series-1', values: net, text: (minute) => exact(orders.net, minute) },
      {
        label: 'Gross',
        shape: bars === 'bars' ? 'bars' : 'line',
        colour: 'series-muted',
        values: gross,
        text: (minute) => exact(orders.gross, minute),
      },
    ],
  };
}
