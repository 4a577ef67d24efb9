import { liveSupersetMetrics } from '@ebb/contracts';
import type { Dataset } from './asset-types.ts';

/** The business day that is now, in the zone of the stack. */
const TODAY = '(now() AT TIME ZONE (SELECT kpi.business_timezone()))::date';
const TODAY_FROM = `${TODAY}::timestamp AT TIME ZONE (SELECT kpi.business_timezone())`;
const TODAY_UNTIL = `(${TODAY} + 1)::timestamp AT TIME ZONE (SELECT kpi.business_timezone())`;
const DURING_TODAY = (column: string): string => `${column} >= ${TODAY_FROM} AND ${column} < ${TODAY_UNTIL}`;

const WEB = {
  source: 'text',
  total_events: 'bigint',
  unique_users: 'bigint',
  total_page_views: 'bigint',
  total_product_clicks: 'bigint',
  total_sessions: 'bigint',
};
const MONEY = {
  source: 'text',
  currency: 'text',
  total_orders: 'bigint',
  valid_orders: 'bigint',
  gross_amount: 'numeric',
  net_amount: 'numeric',
  credit_amount: 'numeric',
  adjustment_amount: 'numeric',
  total_products: 'bigint',
};

const live = { database: 'postgres', isLive: true } as const;

export const WEB_TODAY: Dataset = {
  ...live,
  name: 'web_today',
  schema: 'kpi',
  description: "Web figures of today's business day, a row per source.",
  sql: `SELECT * FROM kpi.web_day WHERE day = ${TODAY}`,
  columns: { day: 'date', ...WEB },
  metrics: liveSupersetMetrics('web_day'),
};

export const WEB_MINUTES: Dataset = {
  ...live,
  name: 'web_minutes_today',
  schema: 'kpi',
  description: 'Web figures of the minutes of today, a row per source.',
  sql: `SELECT * FROM kpi.web_minute WHERE ${DURING_TODAY('window_start')}`,
  columns: { window_start: 'timestamptz', ...WEB },
  metrics: liveSupersetMetrics('web_minute'),
};

export const ORDERS_TODAY: Dataset = {
  ...live,
  name: 'orders_today',
  schema: 'kpi',
  description: "Orders of today's business day, a row per source and currency.",
  sql: `SELECT * FROM kpi.order_day WHERE day = ${TODAY}`,
  columns: { day: 'date', ...MONEY },
  metrics: liveSupersetMetrics('order_day'),
};

export const ORDER_MINUTES: Dataset = {
  ...live,
  name: 'order_minutes_today',
  schema: 'kpi',
  description: 'Orders of the minutes of today, a row per source and currency.',
  sql: `SELECT * FROM kpi.order_minute WHERE ${DURING_TODAY('window_start')}`,
  columns: { window_start: 'timestamptz', ...MONEY },
  metrics: liveSupersetMetrics('order_minute'),
};

export const PROCESS_TIMES: Dataset = {
  ...live,
  name: 'process_times',
  schema: 'sales',
  description: 'The newest 500 documents of today: how long each took from the broker to Postgres.',
  sql: `SELECT purchase_time, greatest(0, extract(epoch FROM _processed_at - _kafka_time) * 1000)::double precision AS process_ms
FROM sales.orders WHERE ${DURING_TODAY('purchase_time')} ORDER BY purchase_time DESC LIMIT 500`,
  columns: { purchase_time: 'timestamptz', process_ms: 'double precision' },
  metrics: liveSupersetMetrics('process_times'),
};
