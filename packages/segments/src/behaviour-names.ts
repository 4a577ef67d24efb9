/** From how many standard deviations off the mean a feature tells a cluster from the others. */
const TELLING = 0.5;
const NAMED_FEATURES = 2;

/**
 * A name for a cluster of behaviour, from the features in which its centre (z-scores) differs most from all customers:
 * `high sessions, low total_spend`. Meant for its birth: a segment that lives on keeps its name.
 */
export function behaviourName(features: readonly string[], centre: readonly number[]): string {
  const telling = features
    .map((feature, index) => ({ feature, score: centre[index] ?? 0 }))
    .filter(({ score }) => Math.abs(score) >= TELLING)
    .toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .slice(0, NAMED_FEATURES);
  if (telling.length === 0) return 'like the average';
  return telling.map(({ feature, score }) => `${score > 0 ? 'high' : 'low'} ${feature}`).join(', ');
}
