import { drift, type Drift } from './drift.ts';
import type { Identity, Match } from './identity.ts';
import { type Migration, migrations, positionsIn } from './membership.ts';
import {
  type CustomerMove,
  customerMoves,
  type NamedMembership,
  type SegmentEvent,
  type SegmentRename,
  segmentRenames,
  segmentsOnlyIn,
} from './renames.ts';
import type { PublishedRun } from './published-run.ts';

/** What changed since the published run. */
export interface Comparison {
  /** Customers of the published run who are in this one too. */
  readonly customersKept: number;
  readonly matches: readonly Match[];
  readonly births: readonly SegmentEvent[];
  readonly deaths: readonly SegmentEvent[];
  readonly renames: readonly SegmentRename[];
  readonly moves: readonly CustomerMove[];
  readonly migration: readonly Migration[];
  readonly drift: Drift;
}

export interface RunsToCompare {
  readonly before: PublishedRun;
  readonly now: NamedMembership;
  /** Values of all customers now, by feature. */
  readonly values: ReadonlyMap<string, Float64Array>;
  readonly identity: Identity;
}

export function compareRuns({ before, now, values, identity }: RunsToCompare): Comparison {
  const { named, bins } = before.model;
  return {
    customersKept: positionsIn(before.customers, now.customers).filter((position) => position !== -1).length,
    matches: identity.matches,
    births: segmentsOnlyIn(now.named, named),
    deaths: segmentsOnlyIn(named, now.named),
    renames: segmentRenames(named, now.named),
    moves: customerMoves({ ...before, named }, now),
    migration: migrations(before, now),
    drift: drift({
      bins,
      values,
      sizesBefore: sizes(before.segments),
      sizesNow: sizes(now.segments),
      shifts: identity.matches,
      isSameK: identity.segmentOfCluster.length === before.model.k,
    }),
  };
}

function sizes(segments: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const segment of segments) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  return counts;
}
