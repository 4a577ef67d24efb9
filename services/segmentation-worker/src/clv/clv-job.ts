import { inThread } from '../compute/in-thread.ts';
import type { WorkerParts } from '../create-worker.ts';
import { daysOf } from '../features/days.ts';
import { columnsFingerprint } from '../features/fingerprint.ts';
import { purchaseDay, type PurchaseColumns, readPurchases } from '../features/purchase-source.ts';
import type { JobSteps, Stepped } from '../jobs/job-steps.ts';
import { previousCustomers } from '../publish/customers-lost.ts';
import { publishOrHold, type RunWork, writeRun } from '../publish/finish-run.ts';
import { modelFileKey, storeModel } from '../registry/model-file.ts';
import { ModelsStore } from '../registry/models-store.ts';
import { type OpenRun, openRun } from '../registry/open-run.ts';
import { clvHeldReasons } from './clv-gate.ts';
import { clvMetrics } from './clv-metrics.ts';
import { clvModelOf } from './clv-model.ts';
import { CLV, type ClvParams, clvParams } from './clv-params.ts';
import { clvTables } from './clv-table.ts';
import { type ClvRun, valueOptions } from './fit-clv.ts';

/**
 * What every customer of a shop is expected to be worth, from their orders until the as-of day; a model without the last
 * days is tested on those each time. Steps are repeatable as those of `rfm_segments` are.
 */
export async function clvJob(
  parts: WorkerParts,
  steps: JobSteps,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const params = clvParams.parse(given);
  const { run, publication } = await steps.step('resolve', async () => {
    const request = { kind: CLV, source: params.source, asked: params.as_of, dayOf: purchaseDay };
    const opened = await openRun(parts, steps.job, request);
    return { value: opened, message: `build ${opened.publication.id}, orders as of ${opened.run.asOf}` };
  });
  const work = { parts, steps, run };
  const purchases = await steps.step('features', () => read(work, publication));
  const result = await steps.step('fit', () => fit(work, purchases, params));
  const heldReasons = clvHeldReasons(result, await previousCustomers(work));
  await steps.step('model', () => register(work, { purchases, result, params, heldReasons }));
  const rows = {
    source: run.source,
    asOf: run.asOf,
    updatedAt: run.startedAt,
    horizonDays: params.horizon_days,
    result,
  };
  const writeId = await steps.step('write', () => writeRun(work, clvTables(rows), clvMetrics(result)));
  const figures = { customers: result.histories.customers.length, findings: result.backTest.findings };
  return steps.step('publish', () => publishOrHold(work, { writeId, heldReasons }, figures));
}

async function read(
  { parts, steps, run }: RunWork,
  publication: OpenRun['publication'],
): Promise<Stepped<PurchaseColumns>> {
  const { source, asOf } = run;
  const value = await readPurchases(parts.clickhouse, publication, { source, asOf, signal: steps.signal });
  const purchases = value.customers.length;
  return { value, message: `${purchases} days with purchases`, metrics: { purchases } };
}

async function fit({ steps, run }: RunWork, purchases: PurchaseColumns, params: ClvParams): Promise<Stepped<ClvRun>> {
  const asOfDay = daysOf(run.asOf);
  const value = await inThread('clv', { purchases, asOfDay, value: valueOptions(params) }, steps.signal);
  const { findings } = value.backTest;
  const told = findings.length === 0 ? 'the back-test finds nothing wrong' : `the fit is poor: ${findings.join('; ')}`;
  return { value, message: `${value.histories.customers.length} customers; ${told}`, metrics: clvMetrics(value) };
}

async function register(
  { parts, run }: RunWork,
  found: { purchases: PurchaseColumns; result: ClvRun; params: ClvParams; heldReasons: readonly string[] },
): Promise<Stepped<null>> {
  const { purchases, result, params, heldReasons } = found;
  const model = clvModelOf(result, valueOptions(params));
  const file = await storeModel(parts.store, modelFileKey(CLV, run.source, run.runId), model);
  await new ModelsStore(parts.pool).register({
    id: run.runId,
    kind: CLV,
    source: run.source,
    algorithm: `${result.models.purchases.parameters.variant ?? 'BG/NBD'} and Gamma-Gamma by maximum likelihood`,
    parameters: {
      purchases: result.models.purchases.estimates,
      spend: result.models.spend.estimates,
      options: model.options,
    },
    scaler: null,
    features: ['repeats', 'last_purchase_weeks', 'observed_weeks', 'mean_spend'],
    asOf: run.asOf,
    rows: result.histories.customers.length,
    dataFingerprint: columnsFingerprint(purchases.customers, [purchases.days, purchases.amounts]),
    metrics: clvMetrics(result),
    codeVersion: parts.codeVersion,
    file,
    trainedAt: run.startedAt,
    heldReasons,
  });
  return { value: null, message: `${file.key}, ${file.bytes} bytes`, metrics: { bytes: file.bytes } };
}
