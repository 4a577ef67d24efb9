import { featureDrift } from '@ebb/segments';
import type { KindCheck } from '../check/kind-check.ts';
import { inThread } from '../compute/in-thread.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { mustBePublished } from '../registry/open-run.ts';
import { churnDayOf, readChurnData } from './churn-data.ts';
import { type ChurnModelFile, churnModelFile, knownFigures } from './churn-model-file.ts';
import { CHURN_SCORES, churnParams, isTable } from './churn-params.ts';
import type { Snapshots } from './snapshots.ts';

/** What the champion was asked for, and is described by in the registry. */
const ASKED = new Set(['table', 'label', 'id', 'positive', 'horizon_days', 'leave_out']);

/** Reads what the champion's own job would read now: a table by its name, a shop with the same horizon. */
export const churnCheck: KindCheck<ChurnModelFile, Snapshots> = {
  kind: CHURN_SCORES,
  model: churnModelFile,
  read: async (parts, { source, asked, signal }) => {
    const champion = await new ModelsStore(parts.pool).champion(CHURN_SCORES, source);
    const described = Object.entries(champion?.parameters ?? {}).filter(([name]) => ASKED.has(name));
    const params = churnParams({ source, ...Object.fromEntries(described) });
    const publication = isTable(params) ? null : await mustBePublished(parts.clickhouse);
    const asOf = await churnDayOf(parts, publication, { ...params, as_of: asked });
    const { value } = await readChurnData(parts, { run: { source, asOf }, publication }, params, signal);
    const features = await inThread('churnPresent', value.input, signal);
    return { features, customers: features.customers.length, asOf };
  },
  drift: ({ bins }, _, { features }) => featureDrift(bins, knownFigures(features)),
};
