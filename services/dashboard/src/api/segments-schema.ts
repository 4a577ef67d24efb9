import { z } from 'zod';
import { amount, count, day, metricValues } from './fields.ts';
import { reportSchema } from './report-schema.ts';

export const segmentSchema = z.object({
  segment: z.string(),
  valueTier: z.string(),
  engagement: z.string(),
  recommendation: z.string(),
  /** Empty where nobody is in it. */
  values: metricValues,
});

export const segmentsSchema = reportSchema.extend({
  /** Of the amounts; null before any file of the retailer was built. */
  currency: z.string().nullable(),
  lastDay: day.nullable(),
  /** Of all customers together. */
  all: metricValues,
  segments: z.array(segmentSchema),
});

/** Columns of equal length, one entry per customer. */
export const segmentPointsSchema = reportSchema.extend({
  total: count,
  segments: z.array(z.string()),
  /** Index into `segments`. */
  segment: z.array(count),
  recency: z.array(z.number()),
  frequency: z.array(z.number()),
  /** Drawn, never added up: amounts are in the list of customers. */
  monetary: z.array(z.number()),
});

export const SEGMENT_SORTS = ['monetary', 'recency', 'frequency', 'customer'] as const;

export const segmentCustomerSchema = z.object({
  customerId: z.string(),
  segment: z.string(),
  recencyDays: z.int(),
  frequency: count,
  monetary: amount,
  netMonetary: amount,
});

export const segmentCustomersSchema = reportSchema.extend({
  total: count,
  offset: count,
  limit: count,
  customers: z.array(segmentCustomerSchema),
});

export type SegmentSort = (typeof SEGMENT_SORTS)[number];
export type Segment = z.infer<typeof segmentSchema>;
export type SegmentsReport = z.infer<typeof segmentsSchema>;
export type SegmentPoints = z.infer<typeof segmentPointsSchema>;
export type SegmentCustomer = z.infer<typeof segmentCustomerSchema>;
export type SegmentCustomers = z.infer<typeof segmentCustomersSchema>;
