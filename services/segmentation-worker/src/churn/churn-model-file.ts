import { CHURN_MODEL_VERSION, type ChurnModel, type FeatureColumn, scoreChurn } from '@ebb/customer-models';
import { featureBins } from '@ebb/segments';
import { z } from 'zod';
import { bins } from '../registry/model-schemas.ts';
import { CHURN_SCORES } from './churn-params.ts';

/** What `scoreChurn` reads of a model; the rest is kept as it is. */
const model = z.looseObject({
  version: z.literal(CHURN_MODEL_VERSION),
  encoder: z.looseObject({ features: z.array(z.looseObject({ name: z.string() })).min(1), means: z.array(z.number()) }),
  weights: z.array(z.number()).min(1),
  trees: z.array(z.array(z.looseObject({ value: z.number() }))),
  calibration: z.strictObject({ slope: z.number(), offset: z.number() }),
});

/** A model file of `churn_scores`: all that scoring needs, and how the features were spread over those it scored first. */
export const churnModelFile = z.strictObject({
  kind: z.literal(CHURN_SCORES),
  meaning: z.string(),
  model: z.custom<ChurnModel>((value) => model.safeParse(value).success),
  bins,
});
export type ChurnModelFile = z.infer<typeof churnModelFile>;

export function churnModelFileOf(
  trained: ChurnModel,
  features: readonly FeatureColumn[],
  meaning: string,
): ChurnModelFile {
  const known = [...knownFigures(features)].filter(([, values]) => values.length > 0);
  return {
    kind: CHURN_SCORES,
    meaning,
    model: trained,
    bins: known.map(([feature, values]) => featureBins(feature, values)),
  };
}

/** Numbers by feature, of those of whom they are known. */
export function knownFigures(features: readonly FeatureColumn[]): Map<string, Float64Array> {
  return new Map(
    features.flatMap((column) =>
      column.kind === 'numeric' ? [[column.name, column.values.filter((value) => !Number.isNaN(value))] as const] : [],
    ),
  );
}

/** Probability of churn by a model file alone: the same file and features always give the same answer. */
export function scoreByFile({ model: trained }: ChurnModelFile, features: readonly FeatureColumn[]): Float64Array {
  return scoreChurn(trained, features);
}
