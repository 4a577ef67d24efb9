import { z } from 'zod';
import { count, day, instant, metricValues } from './fields.ts';
import { reportSchema } from './report-schema.ts';

export const ruleResultSchema = z.object({
  rule: z.string(),
  layer: z.string(),
  meaning: z.string(),
  onFailure: z.string(),
  checked: count,
  broken: count,
});

/** Lines of a layer, and how many of them have each defect. */
export const layerSchema = z.object({
  layer: z.enum(['bronze', 'silver', 'returns', 'quarantine']),
  records: count,
  defects: z.record(z.string(), count),
});

export const qualityDaySchema = z.object({ day, values: metricValues });

/** Lines of one day of invoices in every layer. */
export const dayCountsSchema = z.object({
  day,
  bronze: count,
  silver: count,
  returns: count,
  quarantined: count,
  gold: count,
});

export const qualitySchema = reportSchema.extend({
  /** Of all files together; empty before any was built. */
  all: metricValues,
  /** By the day of the files, the newest last. */
  days: z.array(qualityDaySchema),
  rules: z.array(ruleResultSchema),
  layers: z.array(layerSchema),
  /** By the day of the invoices, the newest first. */
  dayCounts: z.array(dayCountsSchema),
});

export const quarantinedSchema = z.object({
  kind: z.enum(['file', 'line', 'unreadable line']),
  sourceFile: z.string(),
  /** Where the record begins, the header being line 1; 0 for a whole file. */
  line: count,
  day,
  rules: z.array(z.string()),
  detail: z.string(),
});

export const quarantineSchema = reportSchema.extend({
  total: count,
  offset: count,
  limit: count,
  /** Every rule that something in quarantine breaks, whatever rule was asked for. */
  rules: z.array(z.string()),
  records: z.array(quarantinedSchema),
});

export const deadLetterSchema = z.object({
  id: z.string(),
  code: z.string(),
  /** The service that could not take it. */
  service: z.string(),
  kind: z.string(),
  message: z.string(),
  /** Where it was read; null for what never came through a topic. */
  position: z.object({ topic: z.string(), partition: count, offset: count }).nullable(),
  source: z.string().nullable(),
  eventId: z.string().nullable(),
  failedAt: instant,
  bytes: count,
  replayedAt: instant.nullable(),
});

export const deadLettersSchema = z.object({
  serverTime: instant,
  /** Letters that were not dropped, by reason. */
  reasons: z.array(z.object({ code: z.string(), service: z.string(), letters: count, notReplayed: count })),
  /** The newest. */
  letters: z.array(deadLetterSchema),
});

export const fileSchema = z.object({
  dataset: z.string(),
  name: z.string(),
  status: z.string(),
  rows: count,
  rejected: count,
  rules: z.array(z.string()),
  message: z.string(),
  finishedAt: instant.nullable(),
});

export const filesSchema = z.object({
  serverTime: instant,
  /** Files by what became of them; of a file its last version counts. */
  statuses: z.array(z.object({ status: z.string(), files: count })),
  total: count,
  offset: count,
  limit: count,
  files: z.array(fileSchema),
});

export type RuleResult = z.infer<typeof ruleResultSchema>;
export type DayCounts = z.infer<typeof dayCountsSchema>;
export type Layer = z.infer<typeof layerSchema>;
export type Quality = z.infer<typeof qualitySchema>;
export type Quarantined = z.infer<typeof quarantinedSchema>;
export type Quarantine = z.infer<typeof quarantineSchema>;
export type DeadLetter = z.infer<typeof deadLetterSchema>;
export type DeadLetters = z.infer<typeof deadLettersSchema>;
export type FileRecord = z.infer<typeof fileSchema>;
export type Files = z.infer<typeof filesSchema>;
