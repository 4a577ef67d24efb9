import type { ColumnScaler } from '@ebb/kmeans';
import type { PublishedClusters } from './cluster-population.ts';
import type { NamedSegment } from './renames.ts';
import type { FeatureBins } from './stability.ts';

/** What the next run needs of this one; JSON as it is. */
export interface SegmentModel extends PublishedClusters {
  readonly scaler: ColumnScaler;
  readonly silhouette: number;
  /** Clusters and classes of outliers. */
  readonly named: readonly NamedSegment[];
  readonly bins: readonly FeatureBins[];
}

/** The last published run: its model, and by customer (ascending) the segment and the code of their tier. */
export interface PublishedRun {
  readonly model: SegmentModel;
  readonly customers: readonly string[];
  readonly segments: Int32Array;
  readonly tiers: Uint8Array;
}
