import { type BuiltNode, type LineageNode, lineageOf } from '@ebb/contracts';
import type { LineageDetail, LineageNodeInfo, LineageReport } from '../../api/lineage-schema.ts';
import type { ReportHead } from '../../api/report-schema.ts';
import { DashboardError } from '../../errors.ts';
import { readBuiltNodes } from '../../warehouse/built-nodes.ts';
import type { Edition } from '../../warehouse/edition.ts';
import { isoOf } from '../../warehouse/instants.ts';

const MINUTE_MS = 60_000;

/** From senders and files through every layer to the pages, as the published build was made. */
export async function readLineage(edition: Edition): Promise<Omit<LineageReport, keyof ReportHead>> {
  const { lineage, infoOf } = await lineageOfEdition(edition);
  return { nodes: lineage.nodes.map(infoOf), edges: lineage.edges };
}

/** One node with its columns, its tests and its neighbours; raises NOT_FOUND. */
export async function readLineageNode(edition: Edition, id: string): Promise<Omit<LineageDetail, keyof ReportHead>> {
  const { lineage, builtOf, infoOf } = await lineageOfEdition(edition);
  const node = lineage.nodes.find((one) => one.id === id);
  if (node === undefined) throw new DashboardError('NOT_FOUND', `The publication has no node “${id}”.`);
  const built = builtOf(node);
  return {
    node: {
      ...infoOf(node),
      isEnforced: built?.isEnforced ?? false,
      owner: built?.owner ?? '',
      seconds: built?.seconds ?? null,
      columns: built?.columns ?? [],
      tests: built?.tests ?? [],
      upstream: lineage.edges.filter(({ to }) => to === id).map(({ from }) => from),
      downstream: lineage.edges.filter(({ from }) => from === id).map(({ to }) => to),
    },
  };
}

interface EditionLineage {
  lineage: ReturnType<typeof lineageOf>;
  builtOf: (node: LineageNode) => BuiltNode | undefined;
  infoOf: (node: LineageNode) => LineageNodeInfo;
}

async function lineageOfEdition(edition: Edition): Promise<EditionLineage> {
  const nodes = await readBuiltNodes(edition);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const builtOf = ({ dbtId }: LineageNode): BuiltNode | undefined => (dbtId === null ? undefined : byId.get(dbtId));
  const builtAtMs = Date.parse(isoOf(edition.publication.builtAt));
  return { lineage: lineageOf(nodes), builtOf, infoOf: (node) => lineageNodeInfo(node, builtOf(node), builtAtMs) };
}

/** A node of the lineage with what the build that was published at `builtAtMs` knew of it. */
function lineageNodeInfo(node: LineageNode, built: BuiltNode | undefined, builtAtMs: number): LineageNodeInfo {
  const { id, type, name, description, dbtId } = node;
  const warned = built?.tests.filter(({ status }) => status === 'warn').length ?? 0;
  return {
    id,
    type,
    name,
    description,
    dbtId,
    rows: built?.rows ?? null,
    newestAt: instantOf(built?.newestAtMs),
    isLate: built === undefined ? null : isLate(built, builtAtMs),
    madeAt: instantOf(built?.madeAtMs),
    testsPassed: (built?.tests.length ?? 0) - warned,
    testsWarned: warned,
  };
}

function isLate({ newestAtMs, lateAfterMinutes }: BuiltNode, builtAtMs: number): boolean | null {
  if (newestAtMs === null || lateAfterMinutes === null) return null;
  return builtAtMs - newestAtMs > lateAfterMinutes * MINUTE_MS;
}

function instantOf(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}
