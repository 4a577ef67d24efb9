import { expect, test } from 'vitest';
import type { Change, Metric } from '../../api-types.ts';
import { changeWords } from './change-words.ts';

const metric = (title: string, unit: Metric['unit']): Metric => ({
  name: 'metric',
  title,
  owner: 'shop',
  formula: '',
  unit,
  grain: [],
  per: [],
  description: '',
  mart: null,
});

const CHANGE: Change = {
  metric: 'metric',
  before: '1000',
  after: '1250.5',
  change: '250.50',
  low: 100.123,
  high: 400.877,
  basis: 'weekdays',
  nBefore: 7,
  nAfter: 7,
  verdict: 'rise',
};

test('a rise says by how much, to what, and on what it rests', () => {
  expect(changeWords(CHANGE, metric('Revenue', 'amount'), 'GBP')).toEqual({
    mark: 'up',
    verdict: 'Rose',
    sentence: 'Revenue rose by £250.50 to £1,250.50.',
    ground: '95 % interval of the change: +£100.12 to +£400.88; n = 7 pairs of equal weekdays.',
  });
});

test('a difference that chance brings is not called a change', () => {
  const change: Change = { ...CHANGE, before: 398, after: 412, change: 14, low: -20, high: 48, verdict: 'unclear' };
  expect(changeWords(change, metric('Orders', 'count'), null)).toMatchObject({
    mark: 'open',
    sentence: 'Orders: 412 after 398. The difference of +14 is within what chance alone brings.',
    ground: '95 % interval of the change: -20 to +48; n = 7 pairs of equal weekdays.',
  });
});

test('too few cases give no interval, and no verdict either', () => {
  const change: Change = {
    ...CHANGE,
    before: null,
    after: 0.5,
    change: null,
    low: null,
    high: null,
    basis: 'sessions',
    nBefore: 0,
    nAfter: 2,
    verdict: 'too_few',
  };
  expect(changeWords(change, metric('Conversion', 'share'), null)).toEqual({
    mark: 'none',
    verdict: 'Too little to tell',
    sentence: 'Conversion: 50.0% after –.',
    ground: 'Too little to tell a change from chance: n = 0 and 2 sessions.',
  });
});
