import { behaviourDrift, type BehaviourTable } from '@ebb/segments';
import type { KindCheck } from '../check/kind-check.ts';
import { profileDay, readProfiles } from '../features/profile-source.ts';
import { mustBePublished } from '../registry/open-run.ts';
import { behaviourModel, type BehaviourModelFile } from './behaviour-model.ts';
import { BEHAVIOUR_CLUSTERS } from './behaviour-params.ts';

export const behaviourCheck: KindCheck<BehaviourModelFile, BehaviourTable> = {
  kind: BEHAVIOUR_CLUSTERS,
  model: behaviourModel,
  read: async ({ clickhouse }, request) => {
    const publication = await mustBePublished(clickhouse);
    const asOf = await profileDay(clickhouse, publication, request);
    const table = await readProfiles(clickhouse, publication, request);
    return { features: table, customers: table.customers.length, asOf };
  },
  drift: ({ clusters }, _, table) => behaviourDrift(clusters, table),
};
