import { drift, type Drift } from '../drift.ts';
import type { Identity, Match } from '../identity.ts';
import { type Membership, type Migration, migrations, positionsIn } from '../membership.ts';
import { type ClusterProfile, compareProfiles, type ProfileChange } from '../profiles.ts';
import { profileSizes, type PublishedBehaviour } from './behaviour-model.ts';
import { type ClusterRename, clusterRenames, type NamedCluster } from './name-clusters.ts';

/** What changed since the published run. */
export interface BehaviourComparison {
  /** Clustered customers of the published run who are clustered in this one too. */
  readonly customersKept: number;
  /** Of them, those in another cluster. */
  readonly moved: number;
  readonly matches: readonly Match[];
  readonly births: readonly number[];
  readonly deaths: readonly number[];
  readonly renames: readonly ClusterRename[];
  readonly migration: readonly Migration[];
  readonly drift: Drift;
  readonly changes: readonly ProfileChange[];
}

export interface BehaviourToCompare {
  readonly now: Membership;
  readonly named: readonly NamedCluster[];
  readonly profiles: readonly ClusterProfile[];
  /** By feature, in the order of the clustered customers. */
  readonly values: ReadonlyMap<string, Float64Array>;
  readonly identity: Identity;
}

export function compareBehaviour(
  before: PublishedBehaviour,
  { now, named, profiles, values, identity }: BehaviourToCompare,
): BehaviourComparison {
  const { model } = before;
  const positions = positionsIn(before.customers, now.customers);
  const kept = [...positions.keys()].filter((row) => positions[row] !== -1);
  const { matches, births, deaths, segmentOfCluster } = identity;
  return {
    customersKept: kept.length,
    moved: kept.filter((row) => before.segments[positions[row] ?? -1] !== now.segments[row]).length,
    matches,
    births,
    deaths,
    renames: clusterRenames(model.named, named),
    migration: migrations(before, now),
    drift: drift({
      bins: model.bins,
      values,
      sizesBefore: profileSizes(model.profiles),
      sizesNow: profileSizes(profiles),
      shifts: matches,
      isSameK: segmentOfCluster.length === model.k,
    }),
    changes: compareProfiles(model.profiles, profiles),
  };
}
