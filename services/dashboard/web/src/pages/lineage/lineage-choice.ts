import type { LineageNodeInfo, LineageReport } from '../../api-types.ts';
import { changed, wholeNumber } from '../../report/use-search.ts';
import { reach } from '../../graph/reach.ts';

/** What the reader chose on the Lineage page; nonsense in the address is no choice. */
export interface LineageChoice {
  /** The one that is looked at; null: none. */
  readonly node: string | null;
  /** Whether only what belongs to it is drawn and listed. */
  readonly isOnly: boolean;
  /** What a name in the list holds. */
  readonly text: string;
  /** Of the list, from 0. */
  readonly page: number;
}

export function readLineageChoice(search: URLSearchParams): LineageChoice {
  return {
    node: search.get('node') || null,
    isOnly: search.get('only') === '1',
    text: search.get('text') ?? '',
    page: wholeNumber(search.get('page')),
  };
}

/** Where one node is shown. */
export function nodePath(id: string): string {
  return `/lineage${changed('', { node: id })}`;
}

/** What is drawn: everything, or the chosen node with all that it comes from and all that comes from it. */
export function shownOf(
  { nodes, edges }: Pick<LineageReport, 'nodes' | 'edges'>,
  { node, isOnly }: LineageChoice,
): Pick<LineageReport, 'nodes' | 'edges'> {
  if (node === null || !isOnly) return { nodes, edges };
  const kept = new Set([node, ...reach(edges, node, 'up'), ...reach(edges, node, 'down')]);
  return {
    nodes: nodes.filter(({ id }) => kept.has(id)),
    edges: edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}

/** Nodes whose name or kind holds the text. */
export function foundIn(nodes: readonly LineageNodeInfo[], text: string): LineageNodeInfo[] {
  const wanted = text.trim().toLowerCase();
  return nodes.filter(({ name, type }) => `${name} ${KINDS[type].word}`.toLowerCase().includes(wanted));
}

/** What a node is in a word, and how it is drawn. */
export const KINDS: Readonly<Record<LineageNodeInfo['type'], { word: string; look: string }>> = {
  SERVICE: { word: 'service', look: 'service' },
  TOPIC: { word: 'topic', look: 'landing' },
  PATH: { word: 'files', look: 'landing' },
  STREAMING_TABLE: { word: 'landed table', look: 'landing' },
  TABLE: { word: 'table', look: 'model' },
  VIEW: { word: 'view', look: 'model' },
  SEED: { word: 'seed', look: 'model' },
  DASHBOARD: { word: 'page', look: 'reader' },
  APPLICATION: { word: 'application', look: 'reader' },
};
