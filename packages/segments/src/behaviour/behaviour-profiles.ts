import { must } from '@ebb/core';
import { type ClusterProfile, type FeatureColumn, profileTable } from '../profiles.ts';
import { type BehaviourTable, flagColumn } from './behaviour-table.ts';
import { FLAGS } from './behaviour-features.ts';

export interface RunStamp {
  readonly runId: string;
  /** ISO 8601 in UTC. */
  readonly analysedAt: string;
}

/** A row per cluster, not named yet, and one for closed accounts; `segments` is that of the customers who are not. */
export function behaviourProfiles(table: BehaviourTable, segments: Int32Array, stamp: RunStamp): ClusterProfile[] {
  let open = -1;
  const everyone = [...table.isClosed].map((isClosed) => {
    if (isClosed === 1) return null;
    open += 1;
    return segments[open] ?? null;
  });
  return profileTable({ ...stamp, features: profileColumns(table), segments: everyone });
}

/** Of all customers who are clustered, to see a cluster against. */
export function wholeProfile(table: BehaviourTable, stamp: RunStamp): ClusterProfile {
  const everyone = behaviourProfiles(table, new Int32Array(table.customers.length), stamp);
  return must(everyone[0], 'a profile of all customers');
}

/** Every column there is, used by the clusters or not, so that profiles of several runs can be compared; then flags. */
function profileColumns(table: BehaviourTable): FeatureColumn[] {
  const flags = FLAGS.flatMap((name) => {
    const values = flagColumn(table, name);
    return values === null ? [] : [{ name, values }];
  });
  return [...[...table.columns].map(([name, values]) => ({ name, values })), ...flags];
}

/** `sessions 41.20 (all: 10.30), …` of the features that are named. */
export function describeBy(profile: ClusterProfile, all: ClusterProfile, features: readonly string[]): string {
  return features.map((name) => `${name} ${averageOf(profile, name)} (all: ${averageOf(all, name)})`).join(', ');
}

function averageOf({ features }: ClusterProfile, name: string): string {
  return features.find(({ feature }) => feature === name)?.average?.toFixed(2) ?? 'none';
}
