import { formatMoney, parseMoney } from '@ebb/core';
import type { MetricValue, MetricValues } from '../../api/fields.ts';
import type { Change, Overview } from '../../api/overview-schema.ts';
import { type ChangeBounds, pairedChange, shareChange } from '../../stats/change.ts';
import { shiftDay } from '../../time/business-day.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { metricNamed, type MetricScope, readMetricsBy } from '../../warehouse/metric-reader.ts';
import { toCount } from '../rows.ts';

const TRAFFIC = ['total_events', 'total_page_views', 'total_product_clicks'];
const REVENUE = ['total_orders', 'valid_orders', 'gross_amount', 'credit_amount', 'net_amount', 'avg_amount'];
const FUNNEL = ['conversion_rate'];
/** Counts and amounts whose days add up to the week's. */
const TRAFFIC_CHANGES = ['total_events'];
const REVENUE_CHANGES = ['total_orders', 'gross_amount', 'net_amount'];

const WEEK_DAYS = 7;
const THIS_WEEK = '1';
const WEEK_BEFORE = '0';

export interface WeekChoice {
  source: string;
  currency: string | null;
  /** Last day of the week. */
  to: string;
}

type Week = Pick<Overview, 'from' | 'to' | 'week' | 'cancelled' | 'changes'>;

/** The week's figures and how they differ from those of the week before. */
export async function readWeek(edition: Edition, { source, currency, to }: WeekChoice): Promise<Week> {
  const from = shiftDay(to, 1 - WEEK_DAYS);
  const params = { source, currency: currency ?? '', first: shiftDay(from, -WEEK_DAYS), from, to };
  const where = 'source = {source: String} AND day BETWEEN {first: Date32} AND {to: Date32}';
  const traffic: MetricScope = { where, params };
  const revenue: MetricScope = { where: `${where} AND currency = {currency: String}`, params };
  const [visits, orders, conversions, visitDays, orderDays, sessions, firstDays] = await Promise.all([
    weeksOf(edition, TRAFFIC, traffic),
    weeksOf(edition, REVENUE, revenue),
    weeksOf(edition, FUNNEL, traffic),
    readMetricsBy(edition, TRAFFIC_CHANGES, { ...traffic, by: 'day' }),
    readMetricsBy(edition, REVENUE_CHANGES, { ...revenue, by: 'day' }),
    readSessions(edition, traffic),
    readFirstDays(edition, source),
  ]);
  const byDay = (metric: string, days: Map<string, MetricValues>, weeks: Weeks, firstDay: string | null): Change =>
    dayChange({ metric, days, weeks, firstDay, from });
  return {
    from,
    to,
    week: { ...visits.after, ...orders.after, ...conversions.after },
    cancelled: cancelledOf(orders.after),
    changes: [
      ...TRAFFIC_CHANGES.map((metric) => byDay(metric, visitDays, visits, firstDays.traffic)),
      ...REVENUE_CHANGES.map((metric) => byDay(metric, orderDays, orders, firstDays.revenue)),
      shareOfSessions('conversion_rate', conversions, sessions),
    ],
  };
}

interface Weeks {
  before: MetricValues;
  after: MetricValues;
}

async function weeksOf(edition: Edition, metrics: readonly string[], scope: MetricScope): Promise<Weeks> {
  const weeks = await readMetricsBy(edition, metrics, { ...scope, by: 'toUInt8(day >= {from: Date32})' });
  return { before: weeks.get(WEEK_BEFORE) ?? {}, after: weeks.get(THIS_WEEK) ?? {} };
}

/** First day with a figure: before it a day without a row is no day of zero. */
async function readFirstDays(
  edition: Edition,
  source: string,
): Promise<{ traffic: string | null; revenue: string | null }> {
  const first = (mart: string): string =>
    `SELECT toString(min(day)) FROM ${edition.mart(mart)} WHERE source = {source: String} HAVING count() > 0`;
  const [row] = await edition.query<{ traffic: string | null; revenue: string | null }>(
    `SELECT (${first('daily_traffic')}) AS traffic, (${first('daily_revenue')}) AS revenue`,
    { source },
  );
  return row ?? { traffic: null, revenue: null };
}

type Sessions = Record<'before' | 'after', { count: number; of: number }>;

async function readSessions(edition: Edition, scope: MetricScope): Promise<Sessions> {
  const rows = await edition.query<{ is_after: number; started: string; bought: string }>(
    `SELECT toUInt8(day >= {from: Date32}) AS is_after, sumIf(sessions, step = 'visit') AS started,
       sumIf(sessions, step = 'checkout') AS bought
     FROM ${edition.mart('funnel_steps')} WHERE ${scope.where ?? ''} GROUP BY is_after`,
    scope.params,
  );
  const of = (isAfter: number): { count: number; of: number } => {
    const row = rows.find((one) => one.is_after === isAfter);
    return { count: toCount(row?.bought), of: toCount(row?.started) };
  };
  return { before: of(0), after: of(1) };
}

function dayChange(options: {
  metric: string;
  days: Map<string, MetricValues>;
  weeks: Weeks;
  firstDay: string | null;
  from: string;
}): Change {
  const { metric, days, weeks, firstDay, from } = options;
  const on = (day: string): number => Number(days.get(day)?.[metric] ?? 0);
  const pairs = Array.from({ length: WEEK_DAYS }, (_, index) => shiftDay(from, index))
    .filter((day) => firstDay !== null && shiftDay(day, -WEEK_DAYS) >= firstDay)
    .map((day) => ({ before: on(shiftDay(day, -WEEK_DAYS)), after: on(day) }));
  return change(metric, weeks, { basis: 'weekdays', nBefore: pairs.length, nAfter: pairs.length }, pairedChange(pairs));
}

function shareOfSessions(metric: string, weeks: Weeks, { before, after }: Sessions): Change {
  const basis = { basis: 'sessions', nBefore: before.of, nAfter: after.of } as const;
  return change(metric, weeks, basis, shareChange(before, after));
}

function change(
  metric: string,
  weeks: Weeks,
  basis: Pick<Change, 'basis' | 'nBefore' | 'nAfter'>,
  bounds: ChangeBounds,
): Change {
  const before = weeks.before[metric] ?? null;
  const after = weeks.after[metric] ?? null;
  return { metric, before, after, change: difference(metric, before, after), ...basis, ...bounds };
}

/** A week without a row is a week of nothing, but not both weeks; a share of nothing is no share. */
function difference(metric: string, before: MetricValue, after: MetricValue): MetricValue {
  if (before === null && after === null) return null;
  const { unit } = metricNamed(metric);
  if (unit === 'amount') return formatMoney(parseMoney(String(after ?? '0')) - parseMoney(String(before ?? '0')));
  if (unit === 'share' && (before === null || after === null)) return null;
  return Number(after ?? 0) - Number(before ?? 0);
}

/** Net − gross − credit notes: zero or below. */
function cancelledOf(week: MetricValues): string | null {
  const amounts = ['net_amount', 'gross_amount', 'credit_amount'].map((name) => week[name]);
  const [net, gross, credits] = amounts.map((value) => (typeof value === 'string' ? parseMoney(value) : null));
  if (net === null || net === undefined || gross === null || gross === undefined) return null;
  return formatMoney(net - gross - (credits ?? 0n));
}
