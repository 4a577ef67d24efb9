import type { LineageNodeInfo, LineageReport } from '../../api-types.ts';
import type { GraphNode } from '../../graph/graph-view.tsx';
import type { Edge } from '../../graph/reach.ts';
import { KINDS } from '../lineage/lineage-choice.ts';

export interface Architecture {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
}

/** The lineage seen from afar: processes and topics by themselves, tables by the schema they stand in. */
export function architectureOf({ nodes, edges }: Pick<LineageReport, 'nodes' | 'edges'>): Architecture {
  const members = Map.groupBy(nodes, groupOf);
  const groupById = new Map(nodes.map((node) => [node.id, groupOf(node)]));
  const joined = new Map<string, Edge>();
  for (const edge of edges) {
    const [from, to] = [groupById.get(edge.from), groupById.get(edge.to)];
    if (from !== undefined && to !== undefined && from !== to) joined.set(`${from} ${to}`, { from, to });
  }
  return { nodes: [...members].map(([id, own]) => groupNode(id, own)), edges: [...joined.values()] };
}

/** Neighbours' names, in order. */
export function namesOf(ids: readonly string[] | undefined): string {
  return ids === undefined ? '–' : ids.toSorted().join(', ');
}

function groupOf({ type, name }: LineageNodeInfo): string {
  if (type === 'TOPIC') return name.startsWith('cdc.') ? 'topics cdc.*' : `topic ${name}`;
  if (type === 'SERVICE') return name;
  if (type === 'PATH') return 'files';
  if (type === 'DASHBOARD') return 'pages';
  if (type === 'APPLICATION') return 'applications';
  const inPostgres = /^postgres\.(\w+)/.exec(name);
  return inPostgres === null ? `ClickHouse ${name.split('.')[0]}` : `Postgres ${inPostgres[1]}`;
}

function groupNode(id: string, members: readonly LineageNodeInfo[]): GraphNode {
  const type = members[0]?.type ?? 'TABLE';
  const many = members.length === 1 ? '' : ` (${members.length})`;
  return { id, label: id + many, title: `${id}${many}, ${KINDS[type].word}`, look: KINDS[type].look };
}
