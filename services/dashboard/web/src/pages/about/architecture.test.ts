import { expect, test } from 'vitest';
import type { LineageNodeInfo } from '../../api-types.ts';
import { lineageNode } from '../../testing/lineage-node.ts';
import { architectureOf, namesOf } from './architecture.ts';

const node = (type: LineageNodeInfo['type'], name: string): LineageNodeInfo =>
  lineageNode(`${type}:${name}`, type, name);

test('tables are joined by schema, captured topics by their prefix; ways inside a group are none', () => {
  const nodes = [
    node('SERVICE', 'cdc-sink'),
    node('TOPIC', 'cdc.crm.a'),
    node('TOPIC', 'cdc.crm.b'),
    node('TOPIC', 'website_events'),
    node('STREAMING_TABLE', 'postgres.crm.a'),
    node('STREAMING_TABLE', 'raw.crm_a_current'),
    node('VIEW', 'staging.x'),
    node('TABLE', 'staging.y'),
    node('DASHBOARD', 'Live page'),
  ];
  const edges = [
    [4, 1],
    [1, 0],
    [2, 0],
    [3, 0],
    [0, 5],
    [5, 6],
    [6, 7],
    [7, 8],
  ].map(([from = 0, to = 0]) => ({ from: nodes[from]?.id ?? '', to: nodes[to]?.id ?? '' }));
  const architecture = architectureOf({ nodes, edges });
  expect(architecture.nodes.map(({ label }) => label)).toEqual([
    'cdc-sink',
    'topics cdc.* (2)',
    'topic website_events',
    'Postgres crm',
    'ClickHouse raw',
    'ClickHouse staging (2)',
    'pages',
  ]);
  expect(architecture.edges.map(({ from, to }) => `${from} > ${to}`)).toEqual([
    'Postgres crm > topics cdc.*',
    'topics cdc.* > cdc-sink',
    'topic website_events > cdc-sink',
    'cdc-sink > ClickHouse raw',
    'ClickHouse raw > ClickHouse staging',
    'ClickHouse staging > pages',
  ]);
});

test('neighbours are named in order', () => {
  expect(namesOf(['b', 'a'])).toBe('a, b');
  expect(namesOf(undefined)).toBe('–');
});
