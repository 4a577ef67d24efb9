import { SeededRandom } from '@ebb/core';
import type { DescribedEndpoint } from '@ebb/testing';
import { describe, expect, test } from 'vitest';
import { type Choices, pagesOf, visitOf } from './visits.ts';

const JSON_TYPE = 'application/json';
const endpoint = (path: string, parameters: DescribedEndpoint['parameters'] = []): DescribedEndpoint => ({
  path,
  parameters,
  contentType: JSON_TYPE,
});
const text = (name: string, required = false) => ({ name, required, schema: { type: 'string' } });

const CHOICES: Choices = {
  sources: ['shop', 'retail'],
  days: ['2026-03-14'],
  customers: [{ source: 'outlet', customer: 'u1' }],
};

/** The same page again and again. */
function visits(page: readonly DescribedEndpoint[], times = 200): string[] {
  const random = new SeededRandom('visits');
  return Array.from({ length: times }, () => visitOf(page, CHOICES, random)).flatMap((asked) =>
    asked.map(({ target }) => target),
  );
}

test('a page asks the endpoints below one name together', () => {
  const pages = pagesOf(
    ['/api/funnel', '/api/live', '/api/funnel/drops', '/api/contract.json', '/api/contract/x'].map((path) =>
      endpoint(path),
    ),
  );
  expect(pages.map((page) => page.map(({ path }) => path))).toEqual([
    ['/api/funnel', '/api/funnel/drops'],
    ['/api/live'],
    ['/api/contract.json', '/api/contract/x'],
  ]);
});

describe('a visit', () => {
  test('asks about what there is, and what follows from the seed', () => {
    const asked = visits([endpoint('/api/funnel', [text('source'), text('device'), text('date')])]);
    expect([...new Set(asked)].toSorted()).toEqual(
      ['outlet', 'retail', 'shop'].map((source) => `/api/funnel?source=${source}&date=2026-03-14`),
    );
    expect(visits([endpoint('/api/funnel', [text('source')])])).toEqual(
      visits([endpoint('/api/funnel', [text('source')])]),
    );
  });

  test('asks about a customer of the source that knows it', () => {
    const asked = visits([endpoint('/api/customers/one', [text('source', true), text('customer', true)])]);
    expect(new Set(asked)).toEqual(new Set(['/api/customers/one?source=outlet&customer=u1']));
  });

  test('leaves out what only a chosen thing can be asked about', () => {
    expect(visits([endpoint('/api/lineage/node', [text('id', true)]), endpoint('/api/lineage')], 2)).toEqual([
      '/api/lineage',
      '/api/lineage',
    ]);
  });

  test('turns pages of lists, takes small choices, and keeps a file now and then', () => {
    const parameters = [
      { name: 'offset', required: false, schema: { type: 'integer', minimum: 0, maximum: 1_000 } },
      { name: 'decile', required: false, schema: { type: 'integer', minimum: 1, maximum: 10 } },
      { name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 200 } },
    ];
    const queries = visits([endpoint('/api/risks', parameters)]).map(
      (target) => new URLSearchParams(target.split('?')[1]),
    );
    const valuesOf = (name: string): (string | null)[] => [...new Set(queries.map((query) => query.get(name)))];
    expect(
      valuesOf('offset')
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual([0, 25, 50, 75]);
    expect(valuesOf('decile')).toHaveLength(10);
    expect(valuesOf('limit')).toEqual([null]);
    const files = visits([endpoint('/api/segments/customers.csv')]).length;
    expect(files).toBeGreaterThan(5);
    expect(files).toBeLessThan(50);
  });
});
