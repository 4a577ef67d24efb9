import type { PurchaseHistories } from '@ebb/customer-models';
import { featureDrift } from '@ebb/segments';
import type { KindCheck } from '../check/kind-check.ts';
import { daysOf } from '../features/days.ts';
import { purchaseDay, readPurchases } from '../features/purchase-source.ts';
import { mustBePublished } from '../registry/open-run.ts';
import { clvFeatures, type ClvModel, clvModel } from './clv-model.ts';
import { CLV } from './clv-params.ts';
import { clvHistories } from './fit-clv.ts';

export const clvCheck: KindCheck<ClvModel, PurchaseHistories> = {
  kind: CLV,
  model: clvModel,
  read: async ({ clickhouse }, { source, asked, signal }) => {
    const build = await mustBePublished(clickhouse);
    const asOf = await purchaseDay(clickhouse, build, { source, asked });
    const histories = clvHistories(await readPurchases(clickhouse, build, { source, asOf, signal }), daysOf(asOf));
    return { features: histories, customers: histories.customers.length, asOf };
  },
  drift: ({ bins }, _, histories) => featureDrift(bins, clvFeatures(histories)),
};
