import { z } from 'zod';
import { count, day, instant } from './fields.ts';

/** The build that an answer was read from, whole: no answer mixes two. */
export const publicationSchema = z.object({
  id: z.string(),
  /** The business day it is a picture of, which was running when it was built. */
  asOf: day,
  /** Last day of the retailer's files; null before any were loaded. */
  asOfRetail: day.nullable(),
  builtAt: instant,
  models: count,
  testsPassed: count,
  testsWarned: count,
});

/** The newest build there was, where it is not the one that is read. */
export const attemptSchema = z.object({
  id: z.string(),
  state: z.enum(['building', 'failed']),
  startedAt: instant,
  /** Why it failed; empty while it is building. */
  reason: z.string(),
});

/** What every answer from the warehouse carries. */
export const reportSchema = z.object({
  serverTime: instant,
  publication: publicationSchema,
  attempt: attemptSchema.nullable(),
});

export type PublicationInfo = z.infer<typeof publicationSchema>;
export type BuildAttempt = z.infer<typeof attemptSchema>;
export type ReportHead = z.infer<typeof reportSchema>;
