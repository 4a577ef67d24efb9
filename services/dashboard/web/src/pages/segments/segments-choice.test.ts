import { expect, test } from 'vitest';
import { clustersQuery, customersQuery, readSegmentsChoice } from './segments-choice.ts';

test('an empty address is the summary of all segments', () => {
  expect(readSegmentsChoice(new URLSearchParams())).toEqual({
    view: 'summary',
    segment: null,
    minCustomers: 0,
    sort: 'monetary',
    direction: 'desc',
    page: 0,
    clusters: null,
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
  const query = '?segment=High+Value+-+At+Risk&sort=recency&direction=asc';
  expect(customersQuery(choice)).toBe(query);
  expect(customersQuery(choice, choice.page)).toBe(`${query}&limit=25&offset=50`);
});

test('clusters are those of a kind and a source; nonsense is no choice', () => {
  const of = (text: string) => readSegmentsChoice(new URLSearchParams({ clusters: text }));
  expect(of('behaviour_clusters:shop').clusters).toEqual({ kind: 'behaviour_clusters', source: 'shop' });
  expect(clustersQuery(of('behaviour_clusters:shop'))).toBe('?kind=behaviour_clusters&source=shop');
  for (const text of ['clv:shop', 'rfm_segments', 'rfm_segments:', 'rfm_segments:Shop', 'rfm_segments:shop:x']) {
    expect(of(text).clusters).toBeNull();
  }
  expect(clustersQuery(of(''))).toBe('');
});
