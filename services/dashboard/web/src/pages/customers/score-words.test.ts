import { expect, test } from 'vitest';
import { churnWords, reasonWords, valueWords } from './score-words.ts';

const SCORE = {
  asOf: '2026-03-14',
  horizonDays: 90,
  probability: 0.4,
  low: 0.31,
  high: 0.52,
  comparableCustomers: 400,
  riskDecile: 2,
  probabilityAlive: null,
  raising: [],
  lowering: [],
};

test('a score is told with its interval, its cases and its horizon', () => {
  expect(churnWords(SCORE)).toBe(
    'Of 400 customers with such a score in the back-test, 31.0% to 52.0% left within 90 days (90 % interval).',
  );
  expect(churnWords({ ...SCORE, horizonDays: 0 })).toContain('52.0% left (90 % interval)');
});

test('an unknown feature is called unknown, not zero', () => {
  expect(reasonWords({ feature: 'days_since_purchase', value: '', oddsRatio: 1.75 })).toBe(
    'days since purchase = unknown: 1.75 times the odds of an average customer',
  );
});

test('a value is told with its interval and what it rests on', () => {
  const value = {
    asOf: '2026-03-14',
    horizonDays: 365,
    purchases: 3,
    value: '40.0000',
    low: '31.5000',
    high: '52.0000',
    expectedPurchases: 1.25,
    probabilityAlive: 0.8,
    reason: '',
  };
  expect(valueWords(value, 'USD')).toMatch(/31\.50 to .*52\.00; 1\.3 purchases expected, after 3 so far\.$/);
});
