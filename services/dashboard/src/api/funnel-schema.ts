import { z } from 'zod';
import { count, day, metricValue, metricValues } from './fields.ts';
import { reportSchema } from './report-schema.ts';

export const FUNNEL_STEPS = ['visit', 'product_view', 'add_to_cart', 'checkout'] as const;
export const FUNNEL_SPLITS = ['device', 'channel', 'country'] as const;

const share = z.number().min(0).max(1).nullable();

export const funnelStepSchema = z.object({
  step: z.enum(FUNNEL_STEPS),
  sessions: count,
  /** Of the step before; null at the first, and where nobody was there. */
  conversion: share,
  dropped: count,
  dropOff: share,
  fromVisit: share,
});

/** Sessions at each step, in the order of the steps. */
export const funnelPartSchema = z.object({
  value: z.string(),
  sessions: z.array(count),
  conversion: metricValue,
});

export const funnelSchema = reportSchema.extend({
  sources: z.array(z.string()),
  source: z.string(),
  from: day,
  to: day,
  /** First and last day with a session; null without any. */
  firstDay: day.nullable(),
  lastDay: day.nullable(),
  values: metricValues,
  /** Sessions that began on these days, of the chosen device, channel and country. */
  steps: z.array(funnelStepSchema),
  /** The greatest first; each of the three is split within the choice of the others. */
  parts: z.object({
    device: z.array(funnelPartSchema),
    channel: z.array(funnelPartSchema),
    country: z.array(funnelPartSchema),
  }),
  days: z.array(z.object({ day, sessions: count, conversion: metricValue })),
});

export const RETENTION_ACTIVITIES = ['visit', 'purchase'] as const;
export const RETENTION_PERIODS = ['week', 'month'] as const;

export const retentionCellSchema = z.object({
  since: count,
  active: count,
  rate: z.number().min(0).max(1).nullable(),
  /** Whether the period has passed: of one that runs the rate is a lower bound. */
  isComplete: z.boolean(),
});

export const retentionSchema = reportSchema.extend({
  source: z.string(),
  activity: z.enum(RETENTION_ACTIVITIES),
  period: z.enum(RETENTION_PERIODS),
  /** By the first day of the period in which they began, the newest first. */
  cohorts: z.array(z.object({ cohort: day, size: count, cells: z.array(retentionCellSchema) })),
  /** Of all cohorts whose period has passed. */
  overall: z.array(z.object({ since: count, rate: metricValue })),
});

export const dropSchema = z.object({
  customerId: z.string(),
  recentSessions: count,
  expectedSessions: z.number(),
  dropRate: z.number(),
  /** Of so few sessions, had the customer kept their pace. */
  probability: z.number(),
  level: z.enum(['strong', 'likely']),
  daysSinceSession: z.int(),
});

export const dropsSchema = reportSchema.extend({
  source: z.string(),
  /** Customers with enough sessions before to be judged. */
  judged: count,
  total: count,
  offset: count,
  limit: count,
  customers: z.array(dropSchema),
});

export type FunnelStep = z.infer<typeof funnelStepSchema>;
export type FunnelPart = z.infer<typeof funnelPartSchema>;
export type FunnelSplit = (typeof FUNNEL_SPLITS)[number];
export type Funnel = z.infer<typeof funnelSchema>;
export type RetentionCell = z.infer<typeof retentionCellSchema>;
export type Retention = z.infer<typeof retentionSchema>;
export type Drop = z.infer<typeof dropSchema>;
export type Drops = z.infer<typeof dropsSchema>;
