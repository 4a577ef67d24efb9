import type { PsiFigure } from '@ebb/segments';
import type { z } from 'zod';
import type { WorkerParts } from '../create-worker.ts';
import { WorkerError } from '../errors.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { readModel } from '../registry/model-file.ts';
import { type Model, ModelsStore } from '../registry/models-store.ts';

export interface CheckRequest {
  readonly source: string;
  readonly asked: string | undefined;
  readonly signal: AbortSignal;
}

/** Who there is to score now. */
export interface Present<F> {
  readonly features: F;
  readonly customers: number;
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
}

/** What a check needs to know of a kind of model. */
export interface KindCheck<M, F> {
  readonly kind: string;
  /** Of its files. */
  readonly model: z.ZodType<M>;
  /** Raises NO_MARTS, NO_FEATURES, OTHER_DAY, BAD_FEATURE as the kind's own job does. */
  readonly read: (parts: WorkerParts, request: CheckRequest) => Promise<Present<F>>;
  /** Customers now against those the model learned from; one figure at least. */
  readonly drift: (model: M, champion: Model, features: F) => readonly PsiFigure[];
}

/** What a check found; the champion is null before the first. */
export interface Checked {
  readonly champion: Model | null;
  readonly figures: Readonly<Record<string, unknown>>;
}

export type CheckWork = (
  parts: WorkerParts,
  steps: JobSteps,
  request: Omit<CheckRequest, 'signal'>,
) => Promise<Checked>;

/** The steps of a check of this kind: there is somebody to score, the file is whole, and it knew customers like these. */
export function checkWork<M, F>(check: KindCheck<M, F>): CheckWork {
  return async (parts, steps, request) => {
    const features = await steps.step('features', () =>
      readPresent(check, parts, { ...request, signal: steps.signal }),
    );
    const champion = await steps.step('champion', () => findChampion(check, parts, request.source));
    if (champion === null) return { champion, figures: {} };
    const model = await steps.step('file', () => readWhole(check, parts, champion));
    const figures = await steps.step('drift', () => compare(check, { model, champion, features }));
    return { champion, figures };
  };
}

async function readPresent<M, F>(
  { read }: KindCheck<M, F>,
  parts: WorkerParts,
  request: CheckRequest,
): Promise<Stepped<F>> {
  const { features, customers, asOf } = await read(parts, request);
  return { value: features, message: `${customers} customers as of ${asOf}`, metrics: { customers } };
}

async function findChampion<M, F>(
  { kind }: KindCheck<M, F>,
  { pool }: WorkerParts,
  source: string,
): Promise<Stepped<Model | null>> {
  const champion = await new ModelsStore(pool).champion(kind, source);
  return { value: champion, message: champion === null ? 'there is no champion yet' : `model ${champion.id}` };
}

async function readWhole<M, F>(
  { model }: KindCheck<M, F>,
  { store }: WorkerParts,
  { fileKey, fileSha256 }: Model,
): Promise<Stepped<M>> {
  const value = await readModel(store, { key: fileKey, sha256: fileSha256 }, model);
  return { value, message: `${fileKey} is whole` };
}

function compare<M, F>(
  { kind, drift }: KindCheck<M, F>,
  { model, champion, features }: { model: M; champion: Model; features: F },
): Promise<Stepped<Record<string, unknown>>> {
  const found = drift(model, champion, features);
  const alerts = found.filter(({ isAlert }) => isAlert).map(({ name, psi }) => `PSI of ${name} is ${psi.toFixed(3)}`);
  if (alerts.length > 0) {
    throw new WorkerError(
      'DRIFTED',
      `customers are no longer those of model ${champion.id}: ${alerts.join('; ')}. Look at the data; if it is right, run ` +
        `${kind} and promote its model`,
    );
  }
  const largest = Math.max(...found.map(({ psi }) => psi));
  const figures = { largest_psi: largest, drift: found };
  return Promise.resolve({ value: figures, message: `largest PSI ${largest.toFixed(4)}`, metrics: figures });
}
