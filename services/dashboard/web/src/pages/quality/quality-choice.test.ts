import { expect, test } from 'vitest';
import { filesQuery, quarantineQuery, readQualityChoice } from './quality-choice.ts';

test('nonsense in the address is no choice', () => {
  expect(readQualityChoice(new URLSearchParams('rule=&page=-1&files=1e3&days=x'))).toEqual({
    rule: null,
    page: 0,
    filesPage: 0,
    daysPage: 0,
  });
});

test('a page is asked for by what lies before it', () => {
  const choice = readQualityChoice(new URLSearchParams('rule=valid_quantity&page=3&files=1'));
  expect(quarantineQuery(choice)).toBe('?rule=valid_quantity&limit=25&offset=75');
  expect(filesQuery(choice)).toBe('?limit=25&offset=25');
});
