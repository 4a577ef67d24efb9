import { expect, test } from 'vitest';
import { readChurnChoice, risksQuery } from './churn-choice.ts';

test('nonsense in the address is no choice', () => {
  const nothing = { source: null, decile: null, page: 0 };
  expect(readChurnChoice(new URLSearchParams('source=&decile=11&page=1.5'))).toEqual(nothing);
  expect(readChurnChoice(new URLSearchParams('decile=x'))).toEqual(nothing);
});

test('the list is asked for by source, tenth and what lies before the page', () => {
  const choice = readChurnChoice(new URLSearchParams('source=shop&decile=1&page=1'));
  expect(risksQuery(choice)).toBe('?source=shop&decile=1&limit=25&offset=25');
});
