import { drift, type PsiFigure, type RfmTable } from '@ebb/segments';
import type { KindCheck } from '../check/kind-check.ts';
import { readRfm, rfmDay } from '../features/rfm-source.ts';
import type { Model } from '../registry/models-store.ts';
import { mustBePublished } from '../registry/open-run.ts';
import { type RfmModel, rfmModel, rfmValues, scoreRfm } from './rfm-model.ts';
import { RFM_SEGMENTS } from './rfm-params.ts';

export const rfmCheck: KindCheck<RfmModel, RfmTable> = {
  kind: RFM_SEGMENTS,
  model: rfmModel,
  read: async ({ clickhouse }, request) => {
    const publication = await mustBePublished(clickhouse);
    const asOf = await rfmDay(clickhouse, publication, request);
    const { table } = await readRfm(clickhouse, publication, request);
    return { features: table, customers: table.customers.length, asOf };
  },
  drift: rfmDrift,
};

/** Features against those the model learned from, and segments by the model against those it was published with. */
function rfmDrift(model: RfmModel, { metrics }: Pick<Model, 'metrics'>, table: RfmTable): readonly PsiFigure[] {
  const sizesNow = new Map<number, number>();
  for (const segment of scoreRfm(model, table)) sizesNow.set(segment, (sizesNow.get(segment) ?? 0) + 1);
  const sizes = (metrics['sizes'] ?? {}) as Record<string, number>;
  const sizesBefore = new Map(Object.entries(sizes).map(([segment, size]) => [Number(segment), size]));
  const values = rfmValues(table);
  return drift({ bins: model.segments.bins, values, sizesBefore, sizesNow, shifts: [] }).populations;
}
