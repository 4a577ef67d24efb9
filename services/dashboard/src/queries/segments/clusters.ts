import type { ReportHead } from '../../api/report-schema.ts';
import {
  CLUSTER_KINDS,
  type ClusterKind,
  type ClusterModel,
  type Migration,
  type SegmentClusters,
} from '../../api/segments-schema.ts';
import type { Edition } from '../../warehouse/edition.ts';
import type { ModelRun } from '../../warehouse/model-run.ts';
import { type Queryable, toCount } from '../rows.ts';
import { type LearnedRun, readLearnedRun } from './learned-run.ts';

export interface ClustersChoice {
  kind: ClusterKind | null;
  source: string | null;
}

/** Whose segments the rest of the page shows. */
const RETAIL_FILES = 'retail_files';

/** How many clusters there are and why, and who went from one to another since the run before. */
export async function readClusters(
  { edition, db }: { edition: Edition; db: Queryable },
  choice: ClustersChoice,
): Promise<Omit<SegmentClusters, keyof ReportHead>> {
  const { runs } = edition;
  const models = CLUSTER_KINDS.flatMap((kind) =>
    runs.sourcesOf([kind]).map((source): ClusterModel => ({ kind, source })),
  );
  const fitting = models.filter(
    ({ kind, source }) => (choice.kind ?? kind) === kind && (choice.source ?? source) === source,
  );
  const first = fitting.find(({ source }) => source === RETAIL_FILES) ?? fitting[0];
  const chosen = {
    kind: choice.kind ?? first?.kind ?? CLUSTER_KINDS[0],
    source: choice.source ?? first?.source ?? '',
  };
  const run = runs.of(chosen.kind, chosen.source);
  if (run === null) return { models, ...chosen, asOf: null, k: null, kReason: null, kTable: [], migration: null };
  const learned = await readLearnedRun(db, run.runId);
  const { k, kReason, kTable } = learned;
  return {
    models,
    ...chosen,
    asOf: run.asOf,
    k,
    kReason,
    kTable,
    migration: await readMigration(edition, run, learned),
  };
}

/** Null where there was no run before, and where its rows are no longer kept. */
async function readMigration(edition: Edition, run: ModelRun, { previous }: LearnedRun): Promise<Migration | null> {
  if (previous === null) return null;
  const [moves, causes] = await Promise.all([readMoves(edition, run, previous.runId), readCauses(edition, run)]);
  if (!moves.some(({ from }) => from !== null)) return null;
  return { previousAsOf: previous.asOf, moves, causes };
}

async function readMoves(edition: Edition, run: ModelRun, previousRunId: string): Promise<Migration['moves']> {
  const rows = await edition.query<{ from: string | null; to: string | null; customers: string }>(
    `SELECT was AS from, is AS to, toString(count()) AS customers
     FROM (
       SELECT anyIf(toNullable(ifNull(m.cluster, '')), m.run_id = {previous: UUID}) AS was,
         anyIf(toNullable(ifNull(m.cluster, '')), m.run_id = {run: UUID}) AS is
       FROM ml.customer_memberships AS m
       WHERE m.kind = {kind: String} AND m.source = {source: String} AND m.run_id IN ({previous: UUID}, {run: UUID})
       GROUP BY m.customer_id
     )
     GROUP BY was, is ORDER BY was, is`,
    { kind: run.kind, source: run.source, run: run.runId, previous: previousRunId },
  );
  return rows.map((row) => ({ ...row, customers: toCount(row.customers) }));
}

/** Only rfm_segments says why somebody moved. */
async function readCauses(edition: Edition, run: ModelRun): Promise<Migration['causes']> {
  if (run.kind !== 'rfm_segments') return [];
  const rows = await edition.query<{ cause: string; customers: string }>(
    `SELECT toString(m.Cause) AS cause, toString(count()) AS customers FROM ml.customer_cluster_moves AS m
     WHERE m.source = {source: String} AND m.run_id = {run: UUID} GROUP BY cause ORDER BY count() DESC, cause`,
    { source: run.source, run: run.runId },
  );
  return rows.map((row) => ({ ...row, customers: toCount(row.customers) }));
}
