import type { ColumnScaler } from '@ebb/kmeans';
import type { FeatureBins } from '@ebb/segments';
import { z } from 'zod';

/** Parts that several kinds of model files have. */
export const scaler: z.ZodType<ColumnScaler> = z.strictObject({
  kind: z.enum(['standard', 'robust']),
  center: z.array(z.number()),
  scale: z.array(z.number()),
});

export const bins: z.ZodType<FeatureBins[]> = z.array(
  z.strictObject({ feature: z.string(), edges: z.array(z.number()), counts: z.array(z.int()) }),
);

/** Of `PublishedClusters`. */
export const publishedClusters = {
  k: z.int().positive(),
  challenger: z.strictObject({ k: z.int(), runs: z.int() }).nullable(),
  features: z.array(z.string()),
  deviations: z.array(z.number()),
  segments: z.array(z.strictObject({ id: z.int(), centroid: z.array(z.number()) })).min(1),
  nextId: z.int(),
};
