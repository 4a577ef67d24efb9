import { z } from 'zod';

export const CLV = 'clv';

export const clvParams = z.strictObject({
  source: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
  as_of: z.iso.date().optional(),
  /** How far ahead value is counted. */
  horizon_days: z.int().min(7).max(3_653).default(365),
  annual_discount: z.number().min(0).max(1).default(0.1),
  /** Share of the amount that is earned; 1: revenue. */
  margin: z.number().gt(0).max(1).default(1),
});
export type ClvParams = z.infer<typeof clvParams>;
