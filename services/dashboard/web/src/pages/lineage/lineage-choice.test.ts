import { expect, test } from 'vitest';
import type { LineageNodeInfo } from '../../api-types.ts';
import { foundIn, nodePath, readLineageChoice, shownOf } from './lineage-choice.ts';

const node = (id: string, type: LineageNodeInfo['type'] = 'TABLE'): LineageNodeInfo => ({
  id,
  type,
  name: id,
  description: '',
  dbtId: null,
  rows: null,
  newestAt: null,
  isLate: null,
  madeAt: null,
  testsPassed: 0,
  testsWarned: 0,
});
const graph = {
  nodes: ['a', 'b', 'c', 'd'].map((id) => node(id)),
  edges: [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'a', to: 'd' },
  ],
};

test('the choice is read from the address, and written to it', () => {
  expect(readLineageChoice(new URLSearchParams('?node=table%3Amarts.a&only=1&text=x&page=2'))).toEqual({
    node: 'table:marts.a',
    isOnly: true,
    text: 'x',
    page: 2,
  });
  expect(readLineageChoice(new URLSearchParams('?node=&only=yes&page=-1'))).toEqual({
    node: null,
    isOnly: false,
    text: '',
    page: 0,
  });
  expect(nodePath('table:marts.a')).toBe('/lineage?node=table%3Amarts.a');
});

test('only what belongs to the chosen node is drawn, where that is asked for', () => {
  const choice = readLineageChoice(new URLSearchParams('?node=b'));
  expect(shownOf(graph, choice)).toEqual(graph);
  const only = shownOf(graph, { ...choice, isOnly: true });
  expect(only.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(only.edges).toEqual(graph.edges.slice(0, 2));
});

test('nodes are found by name and kind', () => {
  const nodes = [node('service:x', 'SERVICE'), node('marts.Daily')];
  expect(foundIn(nodes, ' daily ').map(({ id }) => id)).toEqual(['marts.Daily']);
  expect(foundIn(nodes, 'service').map(({ id }) => id)).toEqual(['service:x']);
  expect(foundIn(nodes, '')).toHaveLength(2);
});
