import { SegmentsError } from './errors.ts';

/** One figure of every customer; NaN where there is none, as the days since a purchase of somebody who never bought. */
export interface FeatureColumn {
  readonly name: string;
  readonly values: Float64Array;
}

export interface ProfileRun {
  readonly runId: string;
  /** When the run was made, ISO 8601 in UTC. */
  readonly analysedAt: string;
  readonly features: readonly FeatureColumn[];
  /** Id of each customer's segment; null: not clustered, and counted all the same. */
  readonly segments: readonly (number | null)[] | Int32Array;
  readonly names?: ReadonlyMap<number, string>;
}

export interface FeatureProfile {
  readonly feature: string;
  /** Of the customers who have a figure; null when nobody has. */
  readonly average: number | null;
  /** Customers who have one. */
  readonly known: number;
}

/** What the customers of a segment are like in one run. Ids live on, so rows of several runs make a series. */
export interface ClusterProfile {
  readonly runId: string;
  readonly analysedAt: string;
  /** Null: customers who are in no segment. */
  readonly cluster: number | null;
  readonly name: string;
  readonly rowsInCluster: number;
  readonly features: readonly FeatureProfile[];
}

/** One row per segment by id, then one for who is in none; rows add up to all customers. Raises BAD_TABLE. */
export function profileTable(run: ProfileRun): ClusterProfile[] {
  for (const { name, values } of run.features) {
    if (values.length === run.segments.length) continue;
    throw new SegmentsError('BAD_TABLE', `${values.length} values of ${name} for ${run.segments.length} customers`);
  }
  const members = new Map<number | null, number[]>();
  for (const [index, segment] of run.segments.entries()) {
    const list = members.get(segment);
    if (list === undefined) members.set(segment, [index]);
    else list.push(index);
  }
  return [...members]
    .toSorted(([a], [b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY))
    .map(([cluster, indices]) => ({
      runId: run.runId,
      analysedAt: run.analysedAt,
      cluster,
      name: cluster === null ? 'not clustered' : (run.names?.get(cluster) ?? `segment ${cluster}`),
      rowsInCluster: indices.length,
      features: run.features.map(({ name, values }) => profileOf(name, values, indices)),
    }));
}

function profileOf(feature: string, values: Float64Array, indices: readonly number[]): FeatureProfile {
  let [total, known] = [0, 0];
  for (const index of indices) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    total += value;
    known += 1;
  }
  return { feature, average: known === 0 ? null : total / known, known };
}

export interface FeatureChange {
  readonly feature: string;
  readonly before: number | null;
  readonly now: number | null;
  /** Null where one of the runs has no figure. */
  readonly difference: number | null;
}

export interface ProfileChange {
  readonly cluster: number | null;
  readonly name: string;
  readonly kind: 'lives on' | 'began' | 'ended';
  readonly rowsBefore: number;
  readonly rowsNow: number;
  /** Features that both runs have. */
  readonly features: readonly FeatureChange[];
}

/** What became of every segment from one run to the next. */
export function compareProfiles(before: readonly ClusterProfile[], now: readonly ClusterProfile[]): ProfileChange[] {
  const old = new Map(before.map((profile) => [profile.cluster, profile]));
  const fresh = new Set(now.map(({ cluster }) => cluster));
  const living = now.map((profile) => change(old.get(profile.cluster), profile));
  return [
    ...living,
    ...before.filter(({ cluster }) => !fresh.has(cluster)).map((profile) => change(profile, undefined)),
  ];
}

function change(before: ClusterProfile | undefined, now: ClusterProfile | undefined): ProfileChange {
  const any = now ?? before;
  if (any === undefined) throw new SegmentsError('BAD_TABLE', 'a change needs a segment of at least one run');
  const old = new Map(before?.features.map(({ feature, average }) => [feature, average]));
  const features = (now?.features ?? []).flatMap(({ feature, average }) => {
    const past = old.get(feature);
    if (past === undefined) return [];
    return [
      { feature, before: past, now: average, difference: past === null || average === null ? null : average - past },
    ];
  });
  return {
    cluster: any.cluster,
    name: any.name,
    kind: before === undefined ? 'began' : now === undefined ? 'ended' : 'lives on',
    rowsBefore: before?.rowsInCluster ?? 0,
    rowsNow: now?.rowsInCluster ?? 0,
    features,
  };
}

/** One line per segment: `High Value Active grew by 12 (+1.3 %) to 919: total_spend +3.20 (+0.5 %), …`. */
export function profileReport(changes: readonly ProfileChange[]): string[] {
  return changes.map((segment) => {
    const { name, kind, rowsBefore, rowsNow } = segment;
    if (kind === 'began') return `${name} began with ${rowsNow}`;
    if (kind === 'ended') return `${name} ended; it had ${rowsBefore}`;
    const features = segment.features.flatMap(describeChange);
    return `${name} ${describeSize(rowsBefore, rowsNow)}${features.length === 0 ? '' : `: ${features.join(', ')}`}`;
  });
}

function describeSize(before: number, now: number): string {
  if (now === before) return `stayed at ${now}`;
  const verb = now > before ? 'grew' : 'shrank';
  return `${verb} by ${Math.abs(now - before)} (${relative(before, now)}) to ${now}`;
}

function describeChange({ feature, before, now, difference }: FeatureChange): string[] {
  if (difference === null || before === null || now === null || difference === 0) return [];
  const share = before === 0 ? '' : ` (${relative(before, now)})`;
  return [`${feature} ${signed(difference, 2)}${share}`];
}

function relative(before: number, now: number): string {
  return `${signed((100 * (now - before)) / Math.abs(before), 1)} %`;
}

function signed(value: number, places: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(places)}`;
}
