import type { z } from 'zod';
import type { WorkerParts } from '../create-worker.ts';
import { readModel } from './model-file.ts';
import { ModelsStore } from './models-store.ts';
import { RunsStore } from './runs-store.ts';

export interface PreviousModel<T> {
  readonly model: T;
  /** Of the rows of its run. */
  readonly writeId: string;
}

/**
 * The model of the run that readers saw when this one began; null when there was none, or when the registry no longer
 * knows it, as after it was set back. A damaged model file is no reason to forget every name: it raises MODEL_FILE.
 */
export async function previousModel<T>(
  { pool, store }: Pick<WorkerParts, 'pool' | 'store'>,
  runId: string | null,
  schema: z.ZodType<T>,
): Promise<PreviousModel<T> | null> {
  if (runId === null) return null;
  const run = await new RunsStore(pool).find(runId);
  if (run?.writeId == null || run.modelId === null) return null;
  const registered = await new ModelsStore(pool).find(run.modelId);
  if (registered === null) return null;
  const file = { key: registered.fileKey, sha256: registered.fileSha256 };
  return { model: await readModel(store, file, schema), writeId: run.writeId };
}
