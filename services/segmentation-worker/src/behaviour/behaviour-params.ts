import { z } from 'zod';

export const BEHAVIOUR_CLUSTERS = 'behaviour_clusters';

export const behaviourParams = z.strictObject({
  source: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
  /** Without it: the day of which the published marts are a picture. */
  as_of: z.iso.date().optional(),
  /** Names of features; without them those of the published run, in a first one whatever there is. */
  features: z.array(z.string()).min(1).optional(),
  /** Principal components that clusters are made of; null: of the z-scores. */
  components: z.int().min(1).nullable().optional(),
  seed: z.int().optional(),
});
export type BehaviourParams = z.infer<typeof behaviourParams>;
