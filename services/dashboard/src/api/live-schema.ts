import { z } from 'zod';
import { amount, count, day, instant } from './fields.ts';

/** Wire shapes of the Live page. The front end imports their types only; zod stays out of its bundle. */

/** Start of a minute in whole seconds since 1970 (UTC). */
const minute = z.int();

export const webTotalsSchema = z.object({
  totalEvents: count,
  /** Distinct visitors of the whole day; not the sum of the minutes. */
  uniqueUsers: count,
  pageViews: count,
  productClicks: count,
  sessions: count,
  /** Events per minute that had any; null before the first event. */
  averageEvents: z.number().nonnegative().nullable(),
  /** Events of the busiest day among this one and the 30 before it: the full scale of the gauge. */
  busiestDayEvents: count,
  isComplete: z.boolean(),
});

export const orderTotalsSchema = z.object({
  orders: count,
  validOrders: count,
  products: count,
  gross: amount,
  net: amount,
  /** Amount of the orders that are cancelled or returned: gross - cancelled + credits = net. */
  cancelled: amount,
  credits: amount,
  adjustments: amount,
  /** Amount of valid orders over their number; null without one. */
  average: amount.nullable(),
  /** Event process time in milliseconds, from Kafka's log to Postgres, median and 95th percentile of the newest orders. */
  processMs: z.object({ p50: z.number().nonnegative(), p95: z.number().nonnegative() }).nullable(),
  isComplete: z.boolean(),
});

/** Columns of equal length, one entry per minute that has a row, ascending. */
export const webMinutesSchema = z.object({
  minute: z.array(minute),
  events: z.array(count),
  users: z.array(count),
  pageViews: z.array(count),
  productClicks: z.array(count),
  sessions: z.array(count),
});

export const orderMinutesSchema = z.object({
  minute: z.array(minute),
  orders: z.array(count),
  products: z.array(count),
  gross: z.array(amount),
  net: z.array(amount),
});

export const windowSchema = z.object({
  from: instant,
  to: instant,
  minutes: z.int().positive(),
  events: count,
  pageViews: count,
  productClicks: count,
  orders: count,
  products: count,
  gross: amount,
  net: amount,
  /** Largest number of visitors in one minute of the window. Visitors of minutes are never added up. */
  peakUsers: count,
});

export const freshnessSchema = z.object({
  /** Everything Kafka held at this moment is in the figures; null before the aggregator's first report. */
  dataAsOf: instant.nullable(),
  /** When a figure of this selection last changed; null without data. */
  lastChangeAt: instant.nullable(),
});

const selection = {
  source: z.string(),
  /** Null while the source has no order at all. */
  currency: z.string().nullable(),
  date: day,
};

export const liveSnapshotSchema = z.object({
  ...selection,
  isToday: z.boolean(),
  timezone: z.string(),
  dayStart: instant,
  dayEnd: instant,
  serverTime: instant,
  web: webTotalsSchema,
  orders: orderTotalsSchema,
  webMinutes: webMinutesSchema,
  orderMinutes: orderMinutesSchema,
  lastMinutes: windowSchema.nullable(),
  freshness: freshnessSchema,
});

/** A change to the last snapshot: the totals in full, of the minutes only those that changed. */
export const liveDeltaSchema = liveSnapshotSchema.pick({
  serverTime: true,
  web: true,
  orders: true,
  webMinutes: true,
  orderMinutes: true,
  lastMinutes: true,
  freshness: true,
});

/** Sent every few seconds when nothing changes: proves that the stream lives and carries the server's clock. */
export const liveTickSchema = z.object({
  serverTime: instant,
  freshness: freshnessSchema,
  /** False while the database does not answer; the figures are the last known ones. */
  healthy: z.boolean(),
});

export type WebTotals = z.infer<typeof webTotalsSchema>;
export type OrderTotals = z.infer<typeof orderTotalsSchema>;
export type WebMinutes = z.infer<typeof webMinutesSchema>;
export type OrderMinutes = z.infer<typeof orderMinutesSchema>;
export type LiveWindow = z.infer<typeof windowSchema>;
export type Freshness = z.infer<typeof freshnessSchema>;
export type LiveSnapshot = z.infer<typeof liveSnapshotSchema>;
export type LiveDelta = z.infer<typeof liveDeltaSchema>;
export type LiveTick = z.infer<typeof liveTickSchema>;
