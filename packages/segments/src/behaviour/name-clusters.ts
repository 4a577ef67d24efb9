import { behaviourFeature } from './behaviour-features.ts';
import { type ClusterMeans, clusterTraits, isSameTraits, type Traits } from './cluster-traits.ts';
import { clusterWords } from './cluster-words.ts';

/** A cluster under its name. */
export interface NamedCluster {
  readonly cluster: number;
  /** Of no other cluster of the run. */
  readonly name: string;
  readonly traits: Traits;
  /** In which figures it differs most from all customers. */
  readonly description: string;
  readonly recommendation: string;
}

/** A cluster that lives on under another name. */
export interface ClusterRename {
  readonly cluster: number;
  readonly from: string;
  readonly to: string;
  readonly causes: readonly string[];
}

/**
 * Names from how the members differ from all customers. A cluster that lives on keeps its name as long as it stands where
 * it stood in every theme.
 */
export function nameClusters(
  clusters: ReadonlyMap<number, ClusterMeans>,
  published: readonly NamedCluster[],
  { describe }: { describe: (cluster: number, telling: readonly string[]) => string },
): NamedCluster[] {
  const before = new Map(published.map((named) => [named.cluster, named]));
  const standing = [...clusters]
    .toSorted(([a], [b]) => a - b)
    .map(([cluster, means]) => {
      const old = before.get(cluster);
      const traits = clusterTraits(means, old?.traits ?? null);
      const kept = old !== undefined && isSameTraits(old.traits, traits) ? old.name : null;
      return { cluster, means, traits, kept };
    });
  const taken = new Set(standing.flatMap(({ kept }) => (kept === null ? [] : [kept])));
  const wanted = standing.filter(({ kept }) => kept === null).map(({ traits }) => clusterWords(traits).name);
  return standing.map(({ cluster, means, traits, kept }) => {
    const { name: plain, advice } = clusterWords(traits);
    const isShared = taken.has(plain) || wanted.filter((name) => name === plain).length > 1;
    const name = kept ?? (isShared ? distinctName(plain, { cluster, means }, taken) : plain);
    taken.add(name);
    return { cluster, name, traits, description: describe(cluster, tellingFeatures(means)), recommendation: advice };
  });
}

/** Two clusters that stand alike in every theme differ in some single figure. */
function distinctName(
  plain: string,
  { cluster, means }: { cluster: number; means: ClusterMeans },
  taken: ReadonlySet<string>,
): string {
  const [feature] = tellingFeatures(means);
  const told =
    feature === undefined ? plain : `${plain} (${(means.scores.get(feature) ?? 0) > 0 ? 'high' : 'low'} ${feature})`;
  return feature === undefined || taken.has(told) ? `${plain} (${cluster})` : told;
}

const TOLD_FEATURES = 3;

/** Those in which the members differ most from all customers, the most telling first; of a theme one is enough. */
function tellingFeatures({ scores }: ClusterMeans): string[] {
  const told = new Set<string>();
  return [...scores]
    .toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([feature]) => feature)
    .filter((feature) => {
      const theme = behaviourFeature(feature)?.theme ?? feature;
      if (told.has(theme)) return false;
      told.add(theme);
      return true;
    })
    .slice(0, TOLD_FEATURES);
}

/** Each with the themes in which the cluster stands elsewhere than in the published run. */
export function clusterRenames(before: readonly NamedCluster[], now: readonly NamedCluster[]): ClusterRename[] {
  const known = new Map(before.map((named) => [named.cluster, named]));
  return now.flatMap(({ cluster, name, traits }) => {
    const old = known.get(cluster);
    if (old === undefined || old.name === name) return [];
    const themes = (Object.keys(traits) as (keyof Traits)[]).filter((theme) => old.traits[theme] !== traits[theme]);
    const causes = themes.map(
      (theme) => `${theme} was ${old.traits[theme] ?? 'unknown'}, is ${traits[theme] ?? 'unknown'}`,
    );
    return [{ cluster, from: old.name, to: name, causes }];
  });
}
