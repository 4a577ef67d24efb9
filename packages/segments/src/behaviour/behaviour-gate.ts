import type { Clustering } from '../cluster-population.ts';
import { gate, type GateLimits, type GateVerdict } from '../gate.ts';
import type { ClusterProfile } from '../profiles.ts';
import { type BehaviourModel, profileSizes, type PublishedBehaviour } from './behaviour-model.ts';
import type { FeatureChoice } from './choose-features.ts';
import type { BehaviourComparison } from './compare-behaviour.ts';

export interface BehaviourToJudge {
  readonly clustering: Pick<Clustering, 'fit' | 'silhouette'>;
  readonly profiles: readonly ClusterProfile[];
  readonly published: PublishedBehaviour | null;
  readonly comparison: BehaviourComparison | null;
  readonly choice: FeatureChoice;
}

/** Whether a run may be published: the checks of every segmentation, and that it continues the published one. */
export function judgeBehaviour(
  { clustering: { fit, silhouette }, profiles, published, comparison, choice }: BehaviourToJudge,
  limits: GateLimits,
): GateVerdict {
  const sizes = [...profileSizes(profiles).values()];
  const before =
    published === null || comparison === null
      ? null
      : {
          silhouette: published.model.silhouette,
          customers: published.customers.length,
          customersKept: comparison.customersKept,
          drift: comparison.drift,
        };
  const verdict = gate({ isConverged: fit.isConverged, silhouette, sizes, published: before }, limits);
  return published === null ? verdict : withFeatureCheck(verdict, published.model, choice);
}

/** Clusters of other features are other clusters: only a person begins a new line of them. */
function withFeatureCheck(
  { reasons, checks }: GateVerdict,
  before: BehaviourModel,
  { isComparable, used }: FeatureChoice,
): GateVerdict {
  const text = isComparable
    ? 'those of the published run'
    : `a new line of clusters, with ${onlyIn(used, before.used)} and without ${onlyIn(before.used, used)}: promote it to begin it`;
  const check = { name: 'features', isPassed: isComparable, text };
  const all = isComparable ? reasons : [...reasons, `${check.name}: ${text}`];
  return { isHeld: all.length > 0, reasons: all, checks: [...checks, check] };
}

function onlyIn(a: readonly string[], b: readonly string[]): string {
  return a.filter((name) => !b.includes(name)).join(', ') || 'none';
}
