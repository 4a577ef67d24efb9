import { type BuiltNode, builtNodeSchema } from '@ebb/contracts';
import { DashboardError } from '../errors.ts';
import type { Edition } from './edition.ts';

/** What the publication's build knew of its sources, seeds, models and exposures. Raises MART_MISSING for an older build. */
export async function readBuiltNodes(edition: Edition): Promise<BuiltNode[]> {
  const rows = await edition.queryAnew<{ document: string }>(
    'SELECT n.document AS document FROM ops.build_nodes AS n FINAL WHERE n.build_id = {id: String} ORDER BY n.node_id',
    { id: edition.publication.id },
  );
  if (rows.length > 0) return rows.map(({ document }) => builtNodeSchema.parse(JSON.parse(document)));
  throw new DashboardError(
    'MART_MISSING',
    'The publication was built before builds told what they are made of; run “ebb build”.',
  );
}
