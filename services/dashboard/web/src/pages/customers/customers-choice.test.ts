import { expect, test } from 'vitest';
import { customerPath, listQuery, readCustomersChoice } from './customers-choice.ts';

test('nonsense in the address is no choice', () => {
  expect(readCustomersChoice(new URLSearchParams('source=&page=-3&customer='))).toEqual({
    source: null,
    text: '',
    page: 0,
    customer: null,
  });
});

test('a list is asked for by what lies before the page', () => {
  const choice = readCustomersChoice(new URLSearchParams('source=shop&text=u1&page=2'));
  expect(listQuery(choice)).toBe('?source=shop&text=u1&limit=25&offset=50');
});

test('an id of any letters has an address', () => {
  const path = customerPath('shop', 'a&b=ü/1');
  expect(readCustomersChoice(new URLSearchParams(path.split('?')[1])).customer).toBe('a&b=ü/1');
});
