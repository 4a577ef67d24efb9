import { z } from 'zod';
import { amount, count, day, instant, metricValue, metricValues } from './fields.ts';
import { reportSchema } from './report-schema.ts';

export const reportSourceSchema = z.object({
  source: z.string(),
  currencies: z.array(z.string()),
  firstDay: day,
  lastDay: day,
});

/** A metric of the week beside that of the week before. */
export const changeSchema = z.object({
  metric: z.string(),
  before: metricValue,
  after: metricValue,
  /** after − before. */
  change: metricValue,
  /** Bounds of the change with 95 % confidence, in its unit; null where too little is known. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** What the bounds rest on: the same weekdays of both weeks, or the sessions of both. */
  basis: z.enum(['weekdays', 'sessions']),
  /** How many of them. */
  nBefore: count,
  nAfter: count,
  verdict: z.enum(['rise', 'fall', 'unclear', 'too_few']),
});

export const bridgeStepSchema = z.object({
  step: count,
  name: z.string(),
  role: z.enum(['total', 'change']),
  amount,
  /** What the steps so far leave unexplained at a total; "0" when they add up. */
  difference: amount,
});

export const segmentShareSchema = z.object({
  segment: z.string(),
  customers: count,
  revenue: amount,
  percentOfCustomers: z.number(),
  percentOfRevenue: z.number(),
});

export const retailOverviewSchema = z.object({
  currency: z.string(),
  lastDay: day,
  values: metricValues,
  bridge: z.array(bridgeStepSchema),
  /** By revenue, greatest first; segments without customers are left out. */
  segments: z.array(segmentShareSchema),
});

export const comparedFigureSchema = z.object({
  kpi: z.enum(['web', 'orders']),
  day,
  /** Empty for web figures. */
  currency: z.string(),
  metric: z.string(),
  live: amount.nullable(),
  batch: amount.nullable(),
  /** live − batch; null where one of them is missing. */
  difference: amount.nullable(),
  state: z.enum(['equal', 'moving', 'differs']),
});

export const liveVsBatchSchema = z.object({
  /** Moment of the live figures, which the build was compared with. */
  takenAt: instant,
  equal: count,
  moving: count,
  differs: count,
  /** The newest day that both know, and every figure that differs; figures that differ first. */
  figures: z.array(comparedFigureSchema),
});

export const overviewSchema = reportSchema.extend({
  source: z.string(),
  /** Null while the source has no order. */
  currency: z.string().nullable(),
  sources: z.array(reportSourceSchema),
  /** The seven days that are shown; the seven before them are what they are compared with. */
  from: day,
  to: day,
  /** Empty where nothing happened in the week. */
  week: metricValues,
  /** What cancelled and returned orders take off gross: net − gross − credit notes; null without orders. */
  cancelled: amount.nullable(),
  changes: z.array(changeSchema),
  /** Of the source's customers as of the publication; empty where it has none. */
  customers: metricValues,
  customersCurrency: z.string().nullable(),
  /** Null before any file of the retailer was built. */
  retail: retailOverviewSchema.nullable(),
  /** Null where no live figures were at hand when the build compared them. */
  liveVsBatch: liveVsBatchSchema.nullable(),
});

export type ReportSource = z.infer<typeof reportSourceSchema>;
export type Change = z.infer<typeof changeSchema>;
export type BridgeStep = z.infer<typeof bridgeStepSchema>;
export type SegmentShare = z.infer<typeof segmentShareSchema>;
export type RetailOverview = z.infer<typeof retailOverviewSchema>;
export type ComparedFigure = z.infer<typeof comparedFigureSchema>;
export type LiveVsBatch = z.infer<typeof liveVsBatchSchema>;
export type Overview = z.infer<typeof overviewSchema>;
