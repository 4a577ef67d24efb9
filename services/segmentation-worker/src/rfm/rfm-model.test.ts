import { publishedRun, rfmTable, segmentCustomers } from '@ebb/segments';
import { expect, test } from 'vitest';
import { decodeModel, encodeModel } from '../registry/model-file.ts';
import { someCustomers } from '../testing/some-customers.ts';
import { rfmModel, rfmModelOf, scoreRfm } from './rfm-model.ts';

const options = { ks: [2, 3, 4, 5] };
const table = rfmTable(someCustomers(200));
const first = segmentCustomers(table, null, options);

test('a model from its file scores the customers it learned from as its run did', () => {
  const { content } = encodeModel(rfmModelOf(first));
  const model = decodeModel(content, rfmModel, 'models/rfm_segments/retail_files/one.json');
  expect(model).toEqual(rfmModelOf(first));
  expect(scoreRfm(model, table)).toEqual(first.segments);
});

test('an old model gives the old result, whatever was learned since', () => {
  const old = rfmModelOf(first);
  const before = scoreRfm(old, table);
  const later = segmentCustomers(rfmTable(someCustomers(200, { seed: 9 })), publishedRun(table, first), options);
  expect(rfmModelOf(later).segments.deviations).not.toEqual(old.segments.deviations);
  expect(scoreRfm(old, table)).toEqual(before);
});

test('a customer outside of the fences is of an outlier class, also one that the model never saw', () => {
  const rows = [{ customer: 'rich', recencyDays: 1, frequency: 1, monetary: 10n ** 12n }];
  expect(scoreRfm(rfmModelOf(first), rfmTable(rows))).toEqual(Int32Array.of(-1));
});
