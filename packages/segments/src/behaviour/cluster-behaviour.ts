import type { SweepRow } from '@ebb/kmeans';
import { must } from '@ebb/core';
import { type Clustering, type ClusterOptions, clusterPopulation } from '../cluster-population.ts';
import type { GateLimits, GateVerdict } from '../gate.ts';
import type { ClusterProfile } from '../profiles.ts';
import { SEGMENT_OPTIONS } from '../segment-customers.ts';
import { featureBins } from '../stability.ts';
import { judgeBehaviour } from './behaviour-gate.ts';
import type { BehaviourModel, PublishedBehaviour } from './behaviour-model.ts';
import { behaviourProfiles, describeBy, type RunStamp, wholeProfile } from './behaviour-profiles.ts';
import { type BehaviourTable, openCustomers } from './behaviour-table.ts';
import { chooseFeatures, type FeatureChoice } from './choose-features.ts';
import { clusterMeans } from './cluster-traits.ts';
import { type BehaviourComparison, compareBehaviour } from './compare-behaviour.ts';
import { featureFills, featureMatrix, featureNames, featureValues } from './feature-matrix.ts';
import { nameClusters, type NamedCluster } from './name-clusters.ts';

export interface BehaviourOptions extends ClusterOptions {
  readonly limits: GateLimits;
}

/**
 * Three components: behaviour has many figures that say nearly the same, which would count many times without. See
 * `SEGMENT_OPTIONS` for the rest.
 */
export const BEHAVIOUR_OPTIONS: BehaviourOptions = { ...SEGMENT_OPTIONS, components: 3 };

export interface BehaviourInput {
  readonly table: BehaviourTable;
  /** Names of features; null: those of the published run, or whatever there is. */
  readonly asked: readonly string[] | null;
  readonly published: PublishedBehaviour | null;
  readonly stamp: RunStamp;
  readonly options?: Partial<BehaviourOptions>;
}

export interface BehaviourRun {
  /** Who has an open account, ascending; `segments` and `values` are in their order. */
  readonly customers: readonly string[];
  readonly segments: Int32Array;
  /** Features used, by name, in their own units; NaN: the customer has no such figure. */
  readonly values: ReadonlyMap<string, Float64Array>;
  readonly kTable: readonly SweepRow[];
  readonly kReason: string;
  readonly inertia: number;
  /** Null: there is no published run to compare with. */
  readonly comparison: BehaviourComparison | null;
  readonly gate: GateVerdict;
  readonly model: BehaviourModel;
}

/**
 * Clusters of customers by everything they do: features, z-scores, principal components, K-Means with an identity, names,
 * profiles, what changed since the published run, and whether this one may take its place. Pure: the same table and
 * published run give the same result, bit for bit, whatever order the table's rows came in. Raises NO_CUSTOMERS,
 * TOO_FEW_CUSTOMERS, MISSING_FEATURE, BAD_TABLE.
 */
export function clusterBehaviour({ table, asked, published, stamp, options: given }: BehaviourInput): BehaviourRun {
  const options = { ...BEHAVIOUR_OPTIONS, ...given };
  const open = openCustomers(table);
  const choice = chooseFeatures(open, asked, published?.model ?? null);
  const comparable = choice.isComparable ? published : null;
  const fills = featureFills(open, choice);
  const population = {
    customers: open.customers,
    features: featureNames(choice),
    matrix: featureMatrix(open, choice, fills),
  };
  const clustering = clusterPopulation(
    population,
    { ...options, firstId: published?.model.nextId ?? 0 },
    comparable === null ? null : { clusters: comparable.model, membership: comparable },
  );
  const { scaler, segments, identity } = clustering;
  const unnamed = behaviourProfiles(table, segments, stamp);
  const all = wholeProfile(open, stamp);
  const named = nameClusters(clusterMeans({ ...population, scaler }, segments), comparable?.model.named ?? [], {
    describe: (cluster, features) => describeBy(profileOf(unnamed, cluster), all, features),
  });
  const profiles = unnamed.map((profile) => withName(profile, named));
  const values = featureValues(open, choice);
  const now = { customers: open.customers, segments };
  const comparison =
    comparable === null ? null : compareBehaviour(comparable, { now, named, profiles, values, identity });
  return {
    ...now,
    values,
    comparison,
    kTable: clustering.kTable,
    kReason: clustering.choice.reason,
    inertia: clustering.fit.inertia,
    gate: judgeBehaviour({ clustering, profiles, published, comparison, choice }, options.limits),
    model: modelOf(clustering, choice, { fills, named, profiles, values }),
  };
}

/** A run as the next one wants to see it, once it is published. */
export function publishedBehaviour({ model, customers, segments }: BehaviourRun): PublishedBehaviour {
  return { model, customers, segments };
}

function profileOf(profiles: readonly ClusterProfile[], cluster: number): ClusterProfile {
  return must(
    profiles.find((profile) => profile.cluster === cluster),
    `a profile of cluster ${cluster}`,
  );
}

function withName(profile: ClusterProfile, named: readonly NamedCluster[]): ClusterProfile {
  const name = named.find(({ cluster }) => cluster === profile.cluster)?.name;
  return name === undefined ? profile : { ...profile, name };
}

function modelOf(
  { choice: { k, challenger }, scaler, pca, centroids, identity, silhouette }: Clustering,
  { asked, used, flags, leftOut }: FeatureChoice,
  rest: Pick<BehaviourModel, 'fills' | 'named' | 'profiles'> & Pick<BehaviourRun, 'values'>,
): BehaviourModel {
  const { fills, named, profiles, values } = rest;
  return {
    k,
    challenger,
    features: featureNames({ used, flags }),
    deviations: scaler.scale,
    segments: centroids.map((centroid, cluster) => ({ id: identity.segmentOfCluster[cluster] ?? -1, centroid })),
    nextId: identity.nextId,
    asked,
    used,
    flags,
    leftOut,
    fills,
    scaler,
    pca,
    silhouette,
    named,
    bins: [...values].map(([feature, column]) => featureBins(feature, column)),
    profiles,
  };
}
