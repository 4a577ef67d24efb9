import { z } from 'zod';

export const metricSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** The world it belongs to; figures of different ones are never added up. */
  owner: z.enum(['shop', 'retail', 'bank']),
  formula: z.string(),
  unit: z.enum(['count', 'count_per_minute', 'amount', 'milliseconds', 'share', 'percent', 'number', 'days', 'hours']),
  grain: z.array(z.string()),
  per: z.array(z.string()),
  description: z.string(),
  /** Table it is read from; null for what is only live. */
  mart: z.string().nullable(),
});

export const metricsSchema = z.object({ metrics: z.array(metricSchema) });

export type Metric = z.infer<typeof metricSchema>;
export type Metrics = z.infer<typeof metricsSchema>;
