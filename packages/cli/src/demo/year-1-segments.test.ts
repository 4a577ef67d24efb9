import { expect, test } from 'vitest';
import { parseTable } from '../tables/read-table.ts';
import { type SegmentFigures, wrongFigures } from './year-1-segments.ts';

/** A run whose figures are the year's, as printed by the demo. */
const TABLE = `segment,customers,revenue
High Value - Active & Engaged,890,5864187.32
High Value - At Risk,300,999689.72
High Value - Developing,34,76697.14
High Value - Inactive,67,170262.38
Growing Value - Active & Engaged,353,372077.97
Growing Value - At Risk,229,238389.02
Growing Value - Developing,103,99296.25
Growing Value - Inactive,166,152280.36
Base Value - Active & Engaged,154,78539.12
Base Value - At Risk,140,66683.25
Base Value - Developing,596,197275.99
Base Value - Inactive,1253,358004.81
`;
const rows = parseTable(Buffer.from(TABLE), 'table').rows.map(
  ([segment = '', customers = '', revenue = '']) => [segment, { customers: Number(customers), revenue }] as const,
);
const right: SegmentFigures = {
  k: 4,
  inertia: 2741.48,
  silhouette: 0.4172,
  sizes: new Map([
    [0, 498],
    [1, 911],
    [2, 909],
    [17, 1491],
    [-1, 197],
    [-2, 53],
    [-3, 226],
  ]),
  segments: new Map(rows),
};

test('the year’s own figures pass, whatever the clusters are numbered', () => {
  expect(wrongFigures(right)).toEqual([]);
  const revenue = rows.reduce((sum, [, row]) => sum + Number(row.revenue), 0);
  expect(revenue).toBeCloseTo(8_673_383.33, 2);
  expect(rows.reduce((sum, [, row]) => sum + row.customers, 0)).toBe(4_285);
});

test.each<[string, Partial<SegmentFigures>, RegExp]>([
  ['k', { k: 3 }, /^k is 3/],
  ['inertia', { inertia: 2741.7 }, /more than 2741\.6/],
  ['silhouette', { silhouette: 0.419 }, /silhouette is 0\.419/],
  ['a cluster', { sizes: new Map([...right.sizes, [0, 491]]) }, /1491, 911, 909, 491 customers/],
  ['a cluster too many', { sizes: new Map([...right.sizes, [9, 1]]) }, /1491, 911, 909, 498, 1 customers/],
  ['a class', { sizes: new Map([...right.sizes, [-2, 54]]) }, /class -2 has 54/],
  [
    'a cent',
    { segments: new Map([...rows, ['Base Value - Inactive', { customers: 1253, revenue: '358004.80' }]]) },
    /358004\.80, not/,
  ],
  [
    'a segment of its own',
    { segments: new Map([...rows, ['VIP', { customers: 1, revenue: '1' }]]) },
    /VIP is no segment/,
  ],
])('%s that is another is named, and nothing else', (_, changed, message) => {
  expect(wrongFigures({ ...right, ...changed })).toEqual([expect.stringMatching(message)]);
});

test('nothing published is nothing right', () => {
  const none = { k: 0, inertia: Number.NaN, silhouette: Number.NaN, sizes: new Map(), segments: new Map() };
  expect(wrongFigures(none)).toHaveLength(4 + 3 + 12);
});
