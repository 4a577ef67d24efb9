import type { BehaviourRun } from '@ebb/segments';

/** Of a model alone: what `ebb models show` tells, its features and those left out among it. */
export function modelMetrics({ model, inertia, kReason, kTable }: BehaviourRun): Record<string, unknown> {
  const { k, silhouette, profiles, leftOut, pca } = model;
  const sizes = profiles.flatMap(({ cluster, rowsInCluster }) => (cluster === null ? [] : [[cluster, rowsInCluster]]));
  return {
    k,
    silhouette,
    inertia,
    k_reason: kReason,
    k_table: kTable,
    sizes: Object.fromEntries(sizes),
    features_left_out: leftOut,
    explained_variance: pca?.explainedVarianceRatio ?? null,
  };
}

/** Of a run: the same, what changed since the published one, and what the gate says. */
export function runMetrics(run: BehaviourRun): Record<string, unknown> {
  const { gate, comparison, customers } = run;
  const metrics = { ...modelMetrics(run), customers: customers.length, gate: gate.checks };
  if (comparison === null) return metrics;
  const { customersKept, moved, matches, births, deaths, renames, migration, drift } = comparison;
  return {
    ...metrics,
    customers_kept: customersKept,
    moved,
    renamed: renames.length,
    largest_psi: Math.max(0, ...drift.populations.map(({ psi }) => psi)),
    largest_shift: Math.max(0, ...drift.centres.map(({ distance }) => distance)),
    drift,
    migration,
    renames,
    births,
    deaths,
    matches,
  };
}
