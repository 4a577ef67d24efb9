/** How a figure is shown: a count, an amount of one currency, or a duration. */
export type KpiUnit = 'count' | 'count_per_minute' | 'amount' | 'milliseconds';

/** The window one value of the figure covers. A day's unique users are not the sum of its minutes'. */
export type KpiGrain = 'minute' | 'day';

export interface KpiDefinition {
  readonly name: string;
  readonly title: string;
  /** What it is computed from, in words of the columns of kpi.*. */
  readonly formula: string;
  readonly unit: KpiUnit;
  readonly grain: readonly KpiGrain[];
  /** Dimensions it is split by; figures of different currencies are never added. */
  readonly per: readonly ('source' | 'currency')[];
  /** Shown on hover: what it counts and what it leaves out. */
  readonly tooltip: string;
}

const WEB = { per: ['source'], grain: ['minute', 'day'] } as const;
const ORDERS = { per: ['source', 'currency'], grain: ['minute', 'day'] } as const;

/** The figures of the Live page, in the order of its tiles; the one place where their meaning is written. */
export const KPI_DEFINITIONS = [
  {
    name: 'total_events',
    title: 'Total events',
    formula: 'count of accepted web events',
    unit: 'count',
    ...WEB,
    tooltip:
      'All accepted web events of the window by event time, each counted once however often it was sent. ' +
      'Rejected events are not in it; they are dead letters.',
  },
  {
    name: 'average_events',
    title: 'Average events',
    formula: 'total_events of the day / minutes of the day that have an event',
    unit: 'count_per_minute',
    per: ['source'],
    grain: ['day'],
    tooltip: 'Events per minute, averaged over the minutes in which at least one event happened.',
  },
  {
    name: 'unique_users',
    title: 'Unique users',
    formula: 'count of distinct user keys (user_id, else anonymous_id)',
    unit: 'count',
    ...WEB,
    tooltip:
      'Exact number of different users with an event in the window. The figure of the day counts each user once; ' +
      'it is not the sum of the minutes. A visitor who logs in counts under both ids.',
  },
  {
    name: 'total_sessions',
    title: 'Sessions',
    formula: 'count of distinct (user key, session_id)',
    unit: 'count',
    ...WEB,
    tooltip:
      'Exact number of different sessions with an event in the window. A session over midnight counts in both days.',
  },
  {
    name: 'total_page_views',
    title: 'Page views',
    formula: "count of events with event_type = 'page_view'",
    unit: 'count',
    ...WEB,
    tooltip: 'Events of type page_view only. Product views also have a page address, but are not counted here.',
  },
  {
    name: 'total_product_clicks',
    title: 'Product clicks',
    formula: "count of events with event_type = 'product_view'",
    unit: 'count',
    ...WEB,
    tooltip: 'Events of type product_view only. Add-to-cart events also name a product, but are not counted here.',
  },
  {
    name: 'total_orders',
    title: 'Orders',
    formula: "count of documents of kind 'order'",
    unit: 'count',
    ...ORDERS,
    tooltip:
      'Orders bought in the window, whatever became of them. Credit notes and adjustments are not orders. ' +
      'The valid orders beside it are those neither cancelled nor returned.',
  },
  {
    name: 'valid_orders',
    title: 'Valid orders',
    formula: 'total_orders whose status is neither cancelled nor returned',
    unit: 'count',
    ...ORDERS,
    tooltip: 'Orders bought in the window that are neither cancelled nor returned as of now.',
  },
  {
    name: 'net_amount',
    title: 'Revenue',
    formula: 'amount of valid orders + signed amount of credit notes',
    unit: 'amount',
    ...ORDERS,
    tooltip:
      'Net revenue: orders neither cancelled nor returned plus credit notes (negative), each at its own time. ' +
      'A later cancellation takes the order out of the window it was bought in. Adjustments are kept apart.',
  },
  {
    name: 'gross_amount',
    title: 'Gross',
    formula: "sum of total_amount of documents of kind 'order', whatever their status",
    unit: 'amount',
    ...ORDERS,
    tooltip: 'Everything ordered in the window, cancelled and returned orders included, before credit notes.',
  },
  {
    name: 'credit_amount',
    title: 'Credit notes',
    formula: "signed sum of total_amount of documents of kind 'credit_note'",
    unit: 'amount',
    ...ORDERS,
    tooltip: 'Credit notes issued in the window; negative as a rule. Part of the net revenue.',
  },
  {
    name: 'adjustment_amount',
    title: 'Adjustments',
    formula: "signed sum of total_amount of documents of kind 'adjustment'",
    unit: 'amount',
    ...ORDERS,
    tooltip: 'Write-offs and documents without value. In neither the gross nor the net revenue.',
  },
  {
    name: 'avg_amount',
    title: 'Average order',
    formula: 'amount of valid orders / valid_orders; empty when there is none',
    unit: 'amount',
    ...ORDERS,
    tooltip: 'Average amount of the valid orders of the window, before credit notes.',
  },
  {
    name: 'total_products',
    title: 'Products',
    formula: "count of item lines of positive quantity on documents of kind 'order'",
    unit: 'count',
    ...ORDERS,
    tooltip: 'Lines on orders, not pieces: three of one article on one line count as one product.',
  },
  {
    name: 'event_process_time',
    title: 'Event process time',
    formula: 'commit in Postgres − time the broker took the event',
    unit: 'milliseconds',
    per: [],
    grain: ['minute'],
    tooltip:
      'How long an event took from the broker (Kafka append time) until it was counted and visible here. ' +
      'It does not hold the way from the sender to the broker.',
  },
] as const satisfies readonly KpiDefinition[];

export type KpiName = (typeof KPI_DEFINITIONS)[number]['name'];

/** The definitions by name, as JSON for the Live page. */
export function kpiDefinitions(): Readonly<Record<string, KpiDefinition>> {
  return Object.fromEntries(KPI_DEFINITIONS.map((kpi): [KpiName, KpiDefinition] => [kpi.name, kpi]));
}
