import { randomUUID } from 'node:crypto';
import type { WorkerParts } from '../create-worker.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { type ModelRun, RunsStore } from '../registry/runs-store.ts';
import { promote, sweep } from './promote.ts';
import { type RunTable, writeRunTable } from './run-tables.ts';

/** A run that trained a model of its own, whose id is the run's. */
export interface RunWork {
  readonly parts: WorkerParts;
  readonly steps: JobSteps;
  readonly run: ModelRun;
}

/** Writes every row of the run under an id of this attempt, which nobody sees yet. */
export async function writeRun(
  { parts, steps, run }: RunWork,
  tables: readonly RunTable[],
  metrics: Readonly<Record<string, unknown>>,
): Promise<Stepped<string>> {
  const writeId = randomUUID();
  let rows = 0;
  for (const table of tables) {
    await writeRunTable(parts.clickhouse, table, { runId: run.runId, writeId }, steps.signal);
    rows += table.rows;
  }
  await new RunsStore(parts.pool).hold(run.runId, { modelId: run.runId, writeId, metrics });
  return { value: writeId, message: `${rows} rows in ${tables.length} tables`, metrics: { rows } };
}

/** Makes the attempt what readers see, unless there are reasons against it; the step's value is the job's result. */
export async function publishOrHold(
  { parts, run }: RunWork,
  { writeId, heldReasons }: { writeId: string; heldReasons: readonly string[] },
  figures: Readonly<Record<string, unknown>>,
): Promise<Stepped<Record<string, unknown>>> {
  const isHeld = heldReasons.length > 0;
  const { kind, source, runId, asOf, publicationId } = run;
  if (!isHeld) await promote(parts, { kind, source, runId, writeId, modelId: runId, asOf }, { by: 'gate' });
  const swept = await sweep(parts);
  const value = {
    run_id: runId,
    state: isHeld ? 'held' : 'published',
    held_reasons: heldReasons,
    as_of: asOf,
    publication: publicationId,
    ...figures,
  };
  const what = isHeld ? `held back: ${heldReasons.join('; ')}` : 'published';
  return { value, message: `${what}; ${swept} leftovers of other attempts deleted`, metrics: { swept } };
}
