import { expect, test } from 'vitest';
import { foundIn, nodePath, readLineageChoice, shownOf } from './lineage-choice.ts';
import { lineageNode } from '../../testing/lineage-node.ts';

const graph = {
  nodes: ['a', 'b', 'c', 'd'].map((id) => lineageNode(id, 'TABLE')),
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
  const nodes = [lineageNode('service:x', 'SERVICE'), lineageNode('marts.Daily', 'TABLE')];
  expect(foundIn(nodes, ' daily ').map(({ id }) => id)).toEqual(['marts.Daily']);
  expect(foundIn(nodes, 'service').map(({ id }) => id)).toEqual(['service:x']);
  expect(foundIn(nodes, '')).toHaveLength(2);
});
