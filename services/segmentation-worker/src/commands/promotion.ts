import type { WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import { type FormerRole, promote } from '../publish/promote.ts';
import { storedCustomers } from '../publish/run-tables.ts';
import { type Model, ModelsStore } from '../registry/models-store.ts';
import { RunsStore } from '../registry/runs-store.ts';
import { expectKind } from './run-job.ts';

type Parts = Pick<WorkerParts, 'pool' | 'clickhouse'>;

/** Makes a model champion and publishes its run, whatever the gate said of it. Raises NOT_PROMOTABLE without its rows. */
export async function promoteModel(parts: Parts, idPrefix: string, by: string): Promise<Model> {
  const model = await new ModelsStore(parts.pool).byPrefix(idPrefix);
  await publish(parts, model, { by });
  return model;
}

/**
 * Publishes the run of the champion before the present one, which becomes a challenger: each further call goes back one
 * more. Raises UNKNOWN_KIND, UNKNOWN_MODEL where there is none.
 */
export async function rollBack(parts: Parts, what: { kind: string; source: string; by: string }): Promise<Model> {
  const { kind, source, by } = what;
  expectKind(kind);
  const models = new ModelsStore(parts.pool);
  const former = await models.formerChampion(kind, source);
  if (former === null) {
    const champion = await models.champion(kind, source);
    const why = champion === null ? 'no model of it is champion' : `${champion.id} is its first champion`;
    throw new WorkerError(
      'UNKNOWN_MODEL',
      `nothing to go back to for ${kind} of ${source}: ${why} (see ebb models list)`,
    );
  }
  await publish(parts, former, { by, formerRole: 'challenger' });
  return former;
}

async function publish(
  { pool, clickhouse }: Parts,
  model: Model,
  how: { by: string; formerRole?: FormerRole },
): Promise<void> {
  const run = await new RunsStore(pool).ofModel(model.id);
  const rows = run?.writeId == null ? 0 : await storedCustomers(clickhouse, run.writeId);
  if (run?.writeId == null || rows === 0) {
    throw new WorkerError(
      'NOT_PROMOTABLE',
      `the rows of model ${model.id} are no longer in the warehouse: run ${model.kind} again to get a new model`,
    );
  }
  const { kind, source, id: modelId, asOf } = model;
  await promote({ pool, clickhouse }, { kind, source, runId: run.runId, writeId: run.writeId, modelId, asOf }, how);
}
