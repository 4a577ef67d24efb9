import { BANK_METRICS } from './bank-metrics.ts';
import { LIVE_METRICS } from './live-metrics.ts';
import type { MetricDefinition } from './metric-definition.ts';
import { RETAIL_METRICS } from './retail-metrics.ts';
import { SHOP_METRICS } from './shop-metrics.ts';

/**
 * Every figure that is shown anywhere, once. Superset's metrics, the API's fields, the table in the warehouse and the
 * documentation are made from it: `ebb metrics`.
 */
export const METRICS: readonly MetricDefinition[] = [
  ...LIVE_METRICS,
  ...SHOP_METRICS,
  ...RETAIL_METRICS,
  ...BANK_METRICS,
];

export function metricsOfMart(mart: string): MetricDefinition[] {
  return METRICS.filter((metric) => metric.mart === mart);
}
