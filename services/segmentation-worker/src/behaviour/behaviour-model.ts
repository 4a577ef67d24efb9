import type { Pca } from '@ebb/kmeans';
import { type BehaviourModel, FLAGS } from '@ebb/segments';
import { z } from 'zod';
import { bins, publishedClusters, scaler } from '../registry/model-schemas.ts';
import { BEHAVIOUR_CLUSTERS } from './behaviour-params.ts';

const numbers = z.array(z.number());
const level = z.enum(['low', 'usual', 'high']).nullable();

const pca: z.ZodType<Pca> = z.strictObject({
  mean: numbers,
  components: z.array(numbers),
  explainedVariance: numbers,
  explainedVarianceRatio: numbers,
});

const named = z.strictObject({
  cluster: z.int(),
  name: z.string(),
  traits: z.strictObject({
    buying: z.enum(['none', 'low', 'usual', 'high']).nullable(),
    basket: level,
    browsing: level,
    recency: level,
    trouble: level,
    tenure: level,
  }),
  description: z.string(),
  recommendation: z.string(),
});

const profile = z.strictObject({
  runId: z.string(),
  analysedAt: z.string(),
  cluster: z.int().nullable(),
  name: z.string(),
  rowsInCluster: z.int(),
  features: z.array(z.strictObject({ feature: z.string(), average: z.number().nullable(), known: z.int() })),
});

const clusters: z.ZodType<BehaviourModel> = z.strictObject({
  ...publishedClusters,
  asked: z.array(z.string()).nullable(),
  used: z.array(z.string()),
  flags: z.array(z.enum(FLAGS)),
  leftOut: z.array(z.strictObject({ feature: z.string(), reason: z.string() })),
  fills: numbers,
  scaler,
  pca: pca.nullable(),
  silhouette: z.number(),
  named: z.array(named),
  bins,
  profiles: z.array(profile),
});

/** A model file of `behaviour_clusters`: all that scoring needs, and all that the next run compares itself with. */
export const behaviourModel = z.strictObject({ kind: z.literal(BEHAVIOUR_CLUSTERS), clusters });
export type BehaviourModelFile = z.infer<typeof behaviourModel>;
