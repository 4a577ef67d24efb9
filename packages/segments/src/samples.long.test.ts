import { expect, it } from 'vitest';
import { rfmFromPurchases } from './rfm-table.ts';
import { publishedRun, segmentCustomers } from './segment-customers.ts';
import { expectSteady, perturbedInvoices } from './testing/perturbed.ts';
import { AS_OF, retailPurchases } from './testing/retail-year.ts';

it('twenty samples of one invoice in a hundred less or more leave k and names as they are', () => {
  const purchases = retailPurchases();
  const table = rfmFromPurchases(purchases, { asOf: AS_OF });
  const published = publishedRun(table, segmentCustomers(table));
  for (let seed = 0; seed < 20; seed += 1) {
    const sample = rfmFromPurchases(perturbedInvoices(purchases, seed), { asOf: AS_OF });
    const run = segmentCustomers(sample, published);
    expectSteady(sample, published, run);
    expect(run.gate.reasons, `seed ${seed}`).toEqual([]);
  }
});
