import type { TraceStep } from '../../api/trace-schema.ts';
import { isoOf } from '../../warehouse/instants.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';

/** Up to where the build that readers see has read each partition of each source. */
export interface BuildVector {
  readonly buildId: string;
  readonly builtAt: string;
  /** By `source/partition`: rows below it were read. */
  readonly nextOffsets: ReadonlyMap<string, bigint>;
}

/** Null before the first build is published. */
export async function readBuildVector(warehouse: Warehouse): Promise<BuildVector | null> {
  const current = await warehouse.current();
  if (current === null) return null;
  const rows = await warehouse.query<{ name: string; next: string }>(
    `SELECT concat(toString(v.source), '/', toString(v.partition)) AS name, toString(v.next_offset) AS next
     FROM ops.batch_vector AS v FINAL WHERE v.build_id = {id: String}`,
    { id: current.id },
  );
  return {
    buildId: current.id,
    builtAt: isoOf(current.builtAt),
    nextOffsets: new Map(rows.map(({ name, next }) => [name, BigInt(next)])),
  };
}

/** Whether the published figures were made of rows this far. */
export function publicationStep(
  vector: BuildVector | null,
  source: string,
  { partition, offset }: { partition: number; offset: string },
): TraceStep {
  if (vector === null) return { hop: 'publication', at: null, detail: 'nothing is published yet' };
  const next = vector.nextOffsets.get(`${source}/${partition}`);
  const isRead = next !== undefined && BigInt(offset) < next;
  return isRead
    ? { hop: 'publication', at: vector.builtAt, detail: `read by ${vector.buildId}` }
    : { hop: 'publication', at: null, detail: `not read by ${vector.buildId} yet` };
}
