import { inThread } from '../compute/in-thread.ts';
import type { WorkerParts } from '../create-worker.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { customersLost, previousCustomers } from '../publish/customers-lost.ts';
import { publishOrHold, type RunWork, writeRun } from '../publish/finish-run.ts';
import { modelFileKey, storeModel } from '../registry/model-file.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { RunsStore } from '../registry/runs-store.ts';
import { type ChurnData, openChurnRun, readChurnData } from './churn-data.ts';
import { churnHeldReasons } from './churn-gate.ts';
import { churnMetrics, publishedFigures } from './churn-metrics.ts';
import { churnModelFileOf } from './churn-model-file.ts';
import { CHURN_SCORES, churnParams, withHorizonOf } from './churn-params.ts';
import { churnTables } from './churn-tables.ts';
import type { ChurnRun } from './fit-churn.ts';

/**
 * Who may leave: a score with interval and reasons per customer, and a back-test of such a model on customers whose outcome
 * is known by now. Steps are repeatable as those of `rfm_segments` are.
 */
export async function churnJob(
  parts: WorkerParts,
  steps: JobSteps,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const asked = churnParams(given);
  const opened = await steps.step('resolve', () => openChurnRun(parts, steps.job, asked));
  const work = { parts, steps, run: opened.run };
  const before = await published(work);
  const params = withHorizonOf(asked, before);
  const data = await steps.step('features', () => readChurnData(parts, opened, params, steps.signal));
  const result = await steps.step('fit', () => fit(work, data));
  const heldReasons = [
    ...churnHeldReasons(result, data.horizonDays, before),
    ...customersLost(result.probabilities.length, await previousCustomers(work)),
  ];
  await steps.step('model', () => register(work, { data, result, heldReasons }));
  const { source, asOf, startedAt: updatedAt } = opened.run;
  const { horizonDays, meaning } = data;
  const tables = churnTables({ source, asOf, updatedAt, horizonDays, meaning, result });
  const writeId = await steps.step('write', () => writeRun(work, tables, churnMetrics(result, data)));
  const { rocAuc, ece } = result.backTest.report;
  const figures = { customers: result.probabilities.length, roc_auc: rocAuc, ece, meaning };
  return steps.step('publish', () => publishOrHold(work, { writeId, heldReasons }, figures));
}

async function fit({ steps }: RunWork, data: ChurnData): Promise<Stepped<ChurnRun>> {
  const value = await inThread('churn', data.input, steps.signal);
  const { report, by } = value.backTest;
  const tested = by === 'time' ? `on ${report.rows} customers a horizon later` : `on ${report.rows} held out in turn`;
  return {
    value,
    message: `ROC AUC ${report.rocAuc.toFixed(4)}, calibration error ${report.ece.toFixed(4)} ${tested}`,
    metrics: churnMetrics(value, data),
  };
}

/** Figures of the run that is published; null where there is none. */
async function published({ parts, run }: RunWork): Promise<ReturnType<typeof publishedFigures>> {
  if (run.previousRunId === null) return null;
  return publishedFigures((await new RunsStore(parts.pool).find(run.previousRunId))?.metrics);
}

async function register(
  { parts, run }: RunWork,
  { data, result, heldReasons }: { data: ChurnData; result: ChurnRun; heldReasons: readonly string[] },
): Promise<Stepped<null>> {
  const { model, scored } = result;
  const content = churnModelFileOf(model, scored.features, data.meaning);
  const file = await storeModel(parts.store, modelFileKey(CHURN_SCORES, run.source, run.runId), content);
  await new ModelsStore(parts.pool).register({
    id: run.runId,
    kind: CHURN_SCORES,
    source: run.source,
    algorithm: 'ridge logistic regression with boosted trees on its rest, calibrated (Platt)',
    parameters: { ...data.described, meaning: data.meaning, training: model.training, trees: model.trees.length },
    scaler: null,
    features: scored.features.map(({ name }) => name),
    asOf: run.asOf,
    rows: model.training.rows,
    dataFingerprint: data.fingerprint,
    metrics: churnMetrics(result, data),
    codeVersion: parts.codeVersion,
    file,
    trainedAt: run.startedAt,
    heldReasons,
  });
  return { value: null, message: `${file.key}, ${file.bytes} bytes`, metrics: { bytes: file.bytes } };
}
