import { assign, type ColumnScaler, type Matrix, type Pca, projectPca, scale } from '@ebb/kmeans';
import { must } from '@ebb/core';
import type { PublishedClusters } from '../cluster-population.ts';
import { drift, type PsiFigure } from '../drift.ts';
import type { Membership } from '../membership.ts';
import type { ClusterProfile } from '../profiles.ts';
import type { FeatureBins } from '../stability.ts';
import { type BehaviourTable, openCustomers } from './behaviour-table.ts';
import { chooseFeatures, type LeftOutFeature, type UsedFeatures } from './choose-features.ts';
import { featureMatrix, featureValues } from './feature-matrix.ts';
import type { NamedCluster } from './name-clusters.ts';

/** All that scoring needs, and all that the next run compares itself with; JSON as it is. */
export interface BehaviourModel extends PublishedClusters, UsedFeatures {
  readonly leftOut: readonly LeftOutFeature[];
  /** Stands in for a figure that a customer does not have, per feature, as transformed. */
  readonly fills: readonly number[];
  readonly scaler: ColumnScaler;
  readonly pca: Pca | null;
  readonly silhouette: number;
  readonly named: readonly NamedCluster[];
  readonly bins: readonly FeatureBins[];
  /** Of the customers it learned from, and of those in no cluster. */
  readonly profiles: readonly ClusterProfile[];
}

/** The last published run: its model, and by clustered customer (ascending) the cluster. */
export interface PublishedBehaviour extends Membership {
  readonly model: BehaviourModel;
}

/**
 * The cluster of each customer with an open account, by a model alone: no hysteresis, so the same model and figures always
 * give the same answer. Raises MISSING_FEATURE, NO_CUSTOMERS, BAD_TABLE.
 */
export function scoreBehaviour(model: BehaviourModel, table: BehaviourTable): Membership {
  const open = openCustomers(table);
  chooseFeatures(open, null, model);
  const centres = {
    data: Float64Array.from(model.segments.flatMap(({ centroid }) => centroid)),
    rows: model.segments.length,
    columns: model.features.length,
  };
  const place = (matrix: Matrix): Matrix => {
    const scaled = scale(matrix, model.scaler);
    return model.pca === null ? scaled : projectPca(scaled, model.pca);
  };
  const labels = assign(place(featureMatrix(open, model, model.fills)), place(centres));
  return {
    customers: open.customers,
    segments: labels.map((label) => must(model.segments[label], `cluster ${label} of the model`).id),
  };
}

/** Features, and the sizes of the clusters by the model, now against those it learned from. */
export function behaviourDrift(model: BehaviourModel, table: BehaviourTable): readonly PsiFigure[] {
  const sizesNow = new Map<number, number>();
  for (const segment of scoreBehaviour(model, table).segments) {
    sizesNow.set(segment, (sizesNow.get(segment) ?? 0) + 1);
  }
  const values = featureValues(openCustomers(table), model);
  return drift({ bins: model.bins, values, sizesBefore: profileSizes(model.profiles), sizesNow, shifts: [] })
    .populations;
}

/** Customers per cluster. */
export function profileSizes(profiles: readonly ClusterProfile[]): Map<number, number> {
  return new Map(
    profiles.flatMap(({ cluster, rowsInCluster }) => (cluster === null ? [] : [[cluster, rowsInCluster]])),
  );
}
