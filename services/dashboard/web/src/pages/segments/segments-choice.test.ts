import { expect, test } from 'vitest';
import { customersQuery, readSegmentsChoice } from './segments-choice.ts';

test('an empty address is the summary of all segments', () => {
  expect(readSegmentsChoice(new URLSearchParams())).toEqual({
    view: 'summary',
    segment: null,
    minCustomers: 0,
    sort: 'monetary',
    direction: 'desc',
    page: 0,
  });
});

test('nonsense is no choice', () => {
  const search = new URLSearchParams('view=x&segment=&min=-3&sort=password&direction=up&page=1e9');
  expect(readSegmentsChoice(search)).toEqual(readSegmentsChoice(new URLSearchParams()));
});

test('the API is asked for the chosen segment and order alone', () => {
  const choice = readSegmentsChoice(
    new URLSearchParams('view=customers&segment=High Value - At Risk&sort=recency&direction=asc&page=2'),
  );
  expect(customersQuery(choice).toString()).toBe('segment=High+Value+-+At+Risk&sort=recency&direction=asc');
  expect(choice.page).toBe(2);
});
