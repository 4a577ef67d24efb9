import { expect, test } from 'vitest';
import { type ChurnFigures, wrongChurn } from './year-1-churn.ts';

const right: ChurnFigures = {
  customers: 4_312,
  purchaseDays: 16_999,
  silentDays: 388_824,
  trainingCustomers: 2_264,
  trainingChurned: 884,
  testCustomers: 3_223,
  testChurned: 1_174,
  rocAuc: 0.7437,
  silenceRocAuc: 0.6794497336549262,
};

test('the year’s own figures pass', () => {
  expect(wrongChurn(right)).toEqual([]);
});

test.each<[string, Partial<ChurnFigures>, RegExp]>([
  ['a customer', { customers: 4_311 }, /^customers is 4311, not 4312$/],
  ['a day with a purchase', { purchaseDays: 17_000 }, /^purchaseDays is 17000/],
  ['a day of silence', { silentDays: 393_136 }, /^silentDays is 393136/],
  ['who is learned from', { trainingCustomers: 2_265 }, /^trainingCustomers is 2265/],
  ['who of them stayed away', { trainingChurned: 885 }, /^trainingChurned is 885/],
  ['who is tested on', { testCustomers: 3_222 }, /^testCustomers is 3222/],
  ['who stayed away then', { testChurned: 1_173 }, /^testChurned is 1173/],
  ['the yardstick', { silenceRocAuc: 0.67946 }, /^silenceRocAuc is 0\.67946/],
  ['a model no better than silence', { rocAuc: 0.7 }, /^rocAuc is 0\.7, less than 0\.72$/],
  ['a model without a figure', { rocAuc: Number.NaN }, /^rocAuc is NaN/],
])('%s that is another is named, and nothing else', (_, changed, message) => {
  expect(wrongChurn({ ...right, ...changed })).toEqual([expect.stringMatching(message)]);
});
