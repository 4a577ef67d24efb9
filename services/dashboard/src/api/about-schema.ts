import { z } from 'zod';
import { instant } from './fields.ts';

export const aboutSchema = z.object({
  serverTime: instant,
  processes: z.array(z.object({ name: z.string(), does: z.string() })),
  /** Parts that run, each with its version; null for one that does not answer. */
  parts: z.array(z.object({ name: z.string(), version: z.string().nullable() })),
});

export type About = z.infer<typeof aboutSchema>;
