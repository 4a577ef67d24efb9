import type { Comparison, SegmentationRun } from '@ebb/segments';

/** Of a model alone: what `ebb models show` tells. */
export function modelMetrics(result: SegmentationRun): Record<string, unknown> {
  return {
    k: result.k,
    silhouette: result.silhouette,
    inertia: result.inertia,
    k_reason: result.kReason,
    k_table: result.kTable,
    sizes: Object.fromEntries(result.clusters.map(({ cluster, customers }) => [cluster, customers])),
  };
}

/** Of a run: the same, what changed since the published one, and what the gate says. */
export function runMetrics(result: SegmentationRun): Record<string, unknown> {
  const { gate, comparison } = result;
  return {
    ...modelMetrics(result),
    customers: result.segments.length,
    gate: gate.checks,
    ...(comparison === null ? {} : comparisonMetrics(comparison)),
  };
}

function comparisonMetrics(comparison: Comparison): Record<string, unknown> {
  const { drift, migration, renames, births, deaths, matches, moves } = comparison;
  const causes: Record<string, number> = {};
  for (const { cause } of moves) causes[cause] = (causes[cause] ?? 0) + 1;
  return {
    customers_kept: comparison.customersKept,
    moved: moves.length,
    renamed: moves.filter(({ isRenamed }) => isRenamed).length,
    largest_psi: Math.max(0, ...drift.populations.map(({ psi }) => psi)),
    largest_shift: Math.max(0, ...drift.centres.map(({ distance }) => distance)),
    moves_by_cause: causes,
    drift,
    migration,
    renames,
    births,
    deaths,
    matches,
  };
}
