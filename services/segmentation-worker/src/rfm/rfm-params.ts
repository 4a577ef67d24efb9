import { z } from 'zod';

export const RFM_SEGMENTS = 'rfm_segments';

const source = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/);
const asOf = z.iso.date();

/** Without `as_of`: the day of which the published marts are a picture. */
export const rfmParams = z.strictObject({
  source,
  as_of: asOf.optional(),
  seed: z.int().optional(),
});
export type RfmParams = z.infer<typeof rfmParams>;
