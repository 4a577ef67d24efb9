import type { Publication } from '@ebb/clickhouse';
import { must, utcDay } from '@ebb/core';
import type { JobIdentity } from '@ebb/postgres';
import type { WorkerParts } from '../create-worker.ts';
import { bankDay, readBankSnapshots } from '../features/bank-source.ts';
import { daysOf } from '../features/days.ts';
import { readFacts } from '../features/fact-source.ts';
import { columnsFingerprint } from '../features/fingerprint.ts';
import { readLabelled } from '../features/labelled-source.ts';
import { purchaseDay, readPurchases } from '../features/purchase-source.ts';
import type { Stepped } from '../jobs/job-steps.ts';
import { publishedRun } from '../publish/publication.ts';
import { type DayOf, openRun } from '../registry/open-run.ts';
import { type ModelRun, RunsStore } from '../registry/runs-store.ts';
import {
  BANK,
  type BuildParams,
  CHURN_SCORES,
  type ChurnParams,
  FIRST_HORIZON_DAYS,
  isTable,
  type TableParams,
} from './churn-params.ts';
import type { ChurnInput } from './fit-churn.ts';

export interface OpenChurnRun {
  readonly run: ModelRun;
  /** What it reads; null: a table of its own. */
  readonly publication: Publication | null;
}

/** What is read does not depend on the rest of a run. */
type ReadRequest = { readonly run: Pick<ModelRun, 'source' | 'asOf'> } & Pick<OpenChurnRun, 'publication'>;

/** What a run learns from. */
export interface ChurnData {
  readonly input: ChurnInput;
  /** What a score says. */
  readonly meaning: string;
  /** 0: the data tell no time. */
  readonly horizonDays: number;
  readonly fingerprint: string;
  /** Where it came from, for the registry. */
  readonly described: Readonly<Record<string, unknown>>;
}

/** The run of the job, and the build it reads. A table belongs to no build; its day is that of the first attempt. */
export async function openChurnRun(
  parts: WorkerParts,
  job: JobIdentity,
  params: ChurnParams,
): Promise<Stepped<OpenChurnRun>> {
  const { source, as_of: asked } = params;
  if (!isTable(params)) {
    const value = await openRun(parts, job, { kind: CHURN_SCORES, source, asked, dayOf: dayOf(source) });
    return { value, message: `build ${value.publication.id}, as of ${value.run.asOf}` };
  }
  const asOf = tableDay(parts, asked);
  const previousRunId = (await publishedRun(parts.clickhouse, CHURN_SCORES, source))?.runId ?? null;
  const begun = { kind: CHURN_SCORES, source, asOf, publicationId: null, previousRunId };
  const run = await new RunsStore(parts.pool).open(job, begun);
  return { value: { run, publication: null }, message: `table ${params.table}, as of ${run.asOf}` };
}

/** The day of which what is read now is a picture. Raises what the reader of the source raises. */
export function churnDayOf(
  parts: WorkerParts,
  publication: Publication | null,
  { source, as_of: asked }: ChurnParams,
): Promise<string> {
  if (publication === null) return Promise.resolve(tableDay(parts, asked));
  return dayOf(source)(parts.clickhouse, publication, { source, asked });
}

function dayOf(source: string): DayOf {
  return source === BANK ? bankDay : purchaseDay;
}

function tableDay({ clock }: WorkerParts, asked: string | undefined): string {
  return asked ?? utcDay(clock.nowMs());
}

/** Reads what the run learns from. Raises NO_FEATURES, BAD_FEATURE, BAD_TABLE. */
export async function readChurnData(
  parts: WorkerParts,
  opened: ReadRequest,
  params: ChurnParams,
  signal: AbortSignal,
): Promise<Stepped<ChurnData>> {
  const value = isTable(params)
    ? await tableData(parts, opened.run, params, signal)
    : await buildData(parts, opened, params, signal);
  return { value, message: value.meaning, metrics: value.described };
}

async function buildData(
  parts: WorkerParts,
  { run, publication }: ReadRequest,
  params: BuildParams,
  signal: AbortSignal,
): Promise<ChurnData> {
  const build = must(publication, 'the build of a run that reads one');
  const { horizon_days: horizonDays = FIRST_HORIZON_DAYS, leave_out: leaveOut } = params;
  const { source, asOf } = run;
  const facts = await readFacts(parts.clickhouse, source, signal);
  const read = { parts, build, request: { source, asOf, horizonDays, signal } };
  const found = source === BANK ? await bankInput(read) : await ordersInput(read);
  return {
    input: { ...found.input, facts, leaveOut },
    meaning: found.meaning,
    horizonDays,
    fingerprint: columnsFingerprint(
      [...found.names, ...facts.customers, ...facts.features, ...facts.texts.map((text) => text ?? '')],
      [...found.columns, facts.numbers, facts.knownAtMs],
    ),
    described: { build: build.id, horizon_days: horizonDays, facts: facts.customers.length, leave_out: leaveOut },
  };
}

interface BuildReading {
  readonly parts: WorkerParts;
  readonly build: Publication;
  readonly request: { source: string; asOf: string; horizonDays: number; signal: AbortSignal };
}

async function ordersInput({ parts, build, request }: BuildReading) {
  const { asOf, horizonDays } = request;
  const purchases = await readPurchases(parts.clickhouse, build, request);
  return {
    input: { from: 'orders' as const, purchases, asOfDay: daysOf(asOf), horizonDays },
    meaning: `probability that a customer who bought until ${asOf} buys nothing in the ${horizonDays} days after it`,
    names: purchases.customers,
    columns: [purchases.days, purchases.amounts],
  };
}

async function bankInput({ parts, build, request }: BuildReading) {
  const { asOf, horizonDays } = request;
  const snapshots = await readBankSnapshots(parts.clickhouse, build, request);
  const { training, test, present } = snapshots;
  const features = [training, test, present].flatMap((one) => one.features);
  const texts = features.flatMap((column) => (column.kind === 'categorical' ? column.values : []));
  return {
    input: { from: 'bank' as const, snapshots },
    meaning: `probability that a customer who had not churned by ${asOf} has, ${horizonDays} days later, closed or been silent for as long as the bank calls churn`,
    names: [...[training, test, present].flatMap(({ customers }) => customers), ...texts.map((text) => text ?? '')],
    columns: [
      ...[training, test].map(({ labels }) => Float64Array.from(labels)),
      ...features.flatMap((column) => (column.kind === 'numeric' ? [column.values] : [])),
    ],
  };
}

async function tableData(
  { clickhouse }: WorkerParts,
  { asOf }: ReadRequest['run'],
  params: TableParams,
  signal: AbortSignal,
): Promise<ChurnData> {
  const { table: name, label, id, positive, leave_out: leaveOut } = params;
  const table = await readLabelled(clickhouse, { table: name, id, needed: [label, id], leaveOut, signal });
  const columns = { label, id, ...(positive === undefined ? {} : { positive }) };
  return {
    input: { from: 'table', table, columns, asOfDay: daysOf(asOf) },
    meaning: `probability that ${label} is what means churn in ${name}; the table tells no time, so nobody knows how far ahead`,
    horizonDays: 0,
    fingerprint: columnsFingerprint([...table.columns, ...table.rows.flat()], []),
    described: { table: name, ...columns, leave_out: leaveOut },
  };
}
