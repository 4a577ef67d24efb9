import { z } from 'zod';

export const kpiSchema = z.object({
  name: z.string(),
  title: z.string(),
  formula: z.string(),
  unit: z.enum(['count', 'count_per_minute', 'amount', 'milliseconds']),
  tooltip: z.string(),
});

export const sourceOptionSchema = z.object({
  source: z.string(),
  currencies: z.array(z.string()),
  /** Business days with figures, ascending. */
  days: z.array(z.iso.date()),
});

export const optionsSchema = z.object({
  timezone: z.string(),
  today: z.iso.date(),
  sources: z.array(sourceOptionSchema),
  /** The source a reader sees who chose none. */
  defaultSource: z.string(),
  kpis: z.array(kpiSchema),
  /** Where events are sent; shown with the instructions for a first event. */
  collectorUrl: z.string(),
});

export type Kpi = z.infer<typeof kpiSchema>;
export type SourceOption = z.infer<typeof sourceOptionSchema>;
export type Options = z.infer<typeof optionsSchema>;
