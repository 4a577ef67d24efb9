/** What customers of a class are outside in. */
const CLASSES: ReadonlyMap<number, string> = new Map([
  [-1, 'outliers in value'],
  [-2, 'outliers in frequency'],
  [-3, 'outliers in both'],
]);

/**
 * A label per cluster and class of a run, no two the same. Names follow from medians alone, so several can have one: a class
 * of outliers always says what it is outside in, and clusters of one name have their number added, which lives on from run
 * to run and means nothing by itself.
 */
export function clusterLabels(clusters: readonly { cluster: number; name: string }[]): Map<number, string> {
  const sharing = new Map<string, number>();
  for (const { cluster, name } of clusters) if (cluster >= 0) sharing.set(name, (sharing.get(name) ?? 0) + 1);
  return new Map(
    clusters.map(({ cluster, name }) => {
      const outside = CLASSES.get(cluster);
      if (outside !== undefined) return [cluster, `${name} (${outside})`];
      return [cluster, sharing.get(name) === 1 ? name : `${name} #${cluster}`];
    }),
  );
}
