import { z } from 'zod';
import type { KRow } from '../../api/segments-schema.ts';
import type { Queryable } from '../rows.ts';

/** What was written down when a run was made: how the number of clusters came about, and the run it is compared with. */
export interface LearnedRun {
  readonly k: number | null;
  readonly kReason: string | null;
  readonly kTable: KRow[];
  readonly previous: { readonly runId: string; readonly asOf: string } | null;
}

const metricsSchema = z.object({
  k: z.int(),
  k_reason: z.string().nullable().catch(null),
  k_table: z.array(
    z.object({
      k: z.int(),
      inertia: z.number(),
      silhouette: z.number(),
      silhouetteStandardError: z.number().nullable(),
      elbow: z.number(),
      score: z.number(),
    }),
  ),
});

interface Row {
  metrics: unknown;
  previous_run_id: string | null;
  previous_as_of: string | null;
}

/** Nothing is known of a run that Postgres does not hold, as after a restore of one store alone. */
export async function readLearnedRun(db: Queryable, runId: string): Promise<LearnedRun> {
  const { rows } = await db.query<Row>(
    `SELECT m.metrics, b.run_id AS previous_run_id, b.as_of::text AS previous_as_of
     FROM ops.model_runs r
     LEFT JOIN ops.models m ON m.id = r.model_id
     LEFT JOIN ops.model_runs b ON b.run_id = r.previous_run_id
     WHERE r.run_id = $1`,
    [runId],
  );
  const [row] = rows;
  const metrics = metricsSchema.safeParse(row?.metrics).data;
  return {
    k: metrics?.k ?? null,
    kReason: metrics?.k_reason ?? null,
    kTable: metrics?.k_table ?? [],
    previous:
      row === undefined || row.previous_run_id === null || row.previous_as_of === null
        ? null
        : { runId: row.previous_run_id, asOf: row.previous_as_of },
  };
}
