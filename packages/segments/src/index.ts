export { type Costs, optimalAssignment } from './assignment.ts';
export { BEHAVIOUR_FEATURES, FLAGS } from './behaviour/behaviour-features.ts';
export {
  behaviourDrift,
  type BehaviourModel,
  type PublishedBehaviour,
  scoreBehaviour,
} from './behaviour/behaviour-model.ts';
export type { RunStamp } from './behaviour/behaviour-profiles.ts';
export { type BehaviourTable, behaviourTable } from './behaviour/behaviour-table.ts';
export {
  BEHAVIOUR_OPTIONS,
  type BehaviourInput,
  type BehaviourOptions,
  type BehaviourRun,
  clusterBehaviour,
  publishedBehaviour,
} from './behaviour/cluster-behaviour.ts';
export type { BehaviourComparison } from './behaviour/compare-behaviour.ts';
export type { NamedCluster } from './behaviour/name-clusters.ts';
export { chooseK, type KChoice, K_RULE, type KRule, type KScore, type KState } from './choose-k.ts';
export {
  type Clustering,
  type ClusterOptions,
  clusterPopulation,
  type Population,
  type PublishedClusters,
} from './cluster-population.ts';
export { type ClusterRow, clusterRows, type Naming } from './cluster-rows.ts';
export type { Comparison } from './compare-runs.ts';
export { CENTRE_ALERT, type CentreShift, drift, type Drift, featureDrift, PSI_ALERT, type PsiFigure } from './drift.ts';
export { SegmentsError, type SegmentsErrorCode } from './errors.ts';
export { gate, GATE_LIMITS, type GateCheck, type GateInput, type GateLimits, type GateVerdict } from './gate.ts';
export { type FreshClusters, type Identity, identifyClusters, type Match, type PublishedCentres } from './identity.ts';
export { type Membership, type Migration, migrations, positionsIn } from './membership.ts';
export { OUTLIER_CLASSES, type OutlierClass, outlierClass, outlierClasses } from './outliers.ts';
export {
  type ClusterProfile,
  compareProfiles,
  type FeatureColumn,
  type FeatureProfile,
  type ProfileChange,
  profileReport,
  type ProfileRun,
  profileTable,
} from './profiles.ts';
export type { PublishedRun, SegmentModel } from './published-run.ts';
export { SCHEME_A_RECOMMENDATIONS, SCHEME_C_RECOMMENDATIONS } from './recommendations.ts';
export {
  type CustomerMove,
  type MoveCause,
  type NamedSegment,
  type SegmentEvent,
  type SegmentRename,
} from './renames.ts';
export {
  type Fences,
  quartile,
  rfmMedians,
  rfmPoint,
  type RfmPoint,
  rfmStatistics,
  type RfmStatistics,
} from './rfm-statistics.ts';
export { type Purchase, rfmFromPurchases, type RfmPeriod, type RfmRow, rfmTable, type RfmTable } from './rfm-table.ts';
export { schemeA, SCHEME_A_NAMES, type SchemeAName, UNDEFINED_SEGMENT } from './scheme-a.ts';
export { SCHEME_C_NAMES, schemeC, type SchemeCName } from './scheme-c.ts';
export { type SchemeCRow, schemeCRows, schemeCSegments } from './scheme-c-rows.ts';
export {
  publishedRun,
  RFM_FEATURES,
  SEGMENT_OPTIONS,
  segmentCustomers,
  type SegmentationRun,
  type SegmentOptions,
} from './segment-customers.ts';
export { featureBins, type FeatureBins, psi, psiByChance } from './stability.ts';
export { rfmTier, type RfmTier, tierCode } from './tiers.ts';
