import type { Counter, Gauge, Metrics } from '@ebb/runtime';

export interface CrmMetrics {
  rows: Counter<'table' | 'op'>;
  transactions: Counter;
  retries: Counter;
  behindSeconds: Gauge;
  customers: Gauge;
}

export function createCrmMetrics(metrics: Metrics): CrmMetrics {
  return {
    rows: metrics.counter('crm_rows_total', 'Row changes committed', ['table', 'op']),
    transactions: metrics.counter('crm_transactions_total', 'Transactions committed'),
    retries: metrics.counter('crm_retries_total', 'Transactions that failed and were tried again'),
    behindSeconds: metrics.gauge('crm_behind_seconds', 'How far the changes written lag behind those that are due'),
    customers: metrics.gauge('crm_customers_active', 'Customers with an open account'),
  };
}
