import { expect, it } from 'vitest';
import { readLabelledTable } from '../features/labelled-table.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { simulateContracts } from '../simulated/simulated-contracts.ts';
import { crossValidateChurn } from './cross-validate.ts';

it.each([1, 2, 3, 4, 5, 6, 7, 8])('table %d is ranked nearly as well as its truth ranks it', (seed) => {
  const table = simulateContracts(seed, 6000);
  const { features, label } = readLabelledTable(table, { label: 'churned', id: 'customer_id' });
  const { meanAuc, report } = crossValidateChurn(features, label.labels);
  const truth = rocAuc({ scores: table.probabilities, labels: table.labels });
  expect(truth - meanAuc).toBeLessThan(0.02);
  expect(report.ece).toBeLessThan(0.03);
});
