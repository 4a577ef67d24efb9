import type { Kpi } from '../../api-types.ts';

export type KpiByName = ReadonlyMap<string, Kpi>;

export function kpisByName(kpis: readonly Kpi[]): KpiByName {
  return new Map(kpis.map((kpi) => [kpi.name, kpi]));
}

/** Figures that are only sums or peaks of defined ones. */
export const LAST_MINUTES_EVENTS: Kpi = {
  name: 'last_minutes_events',
  title: 'Last 15 minutes',
  unit: 'count',
  formula: 'sum of total_events over the last 15 minutes, the running one included',
  tooltip:
    'Events of the last 15 minutes. Visitors are not given for it: those of single minutes must not be added up.',
};

export const LAST_MINUTES_REVENUE: Kpi = {
  name: 'last_minutes_revenue',
  title: 'Last 15 minutes',
  unit: 'amount',
  formula: 'sum of net_amount over the last 15 minutes, the running one included',
  tooltip: 'Net revenue of the last 15 minutes: orders neither cancelled nor returned, plus credit notes.',
};

export const BUSIEST_MINUTE: Kpi = {
  name: 'busiest_minute',
  title: 'Busiest minute',
  unit: 'count',
  formula: 'greatest total_events of a minute of the day',
  tooltip: 'Events in the busiest minute of the day.',
};

export const CANCELLED: Kpi = {
  name: 'cancelled_amount',
  title: 'Cancelled or returned',
  unit: 'amount',
  formula: 'net_amount − gross_amount − credit_amount',
  tooltip: 'Orders bought on this day that were cancelled or returned since, taken out of the gross amount.',
};
