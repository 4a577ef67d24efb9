import {
  type ChurnModel,
  dayText,
  explainChurn,
  type ExplainedScore,
  readLabelledTable,
  scoreChurn,
  type TextTable,
  trainChurnModel,
} from '@ebb/customer-models';
import { WorkerError } from '../errors.ts';
import type { FactColumns } from '../features/fact-source.ts';
import type { PurchaseColumns } from '../features/purchase-source.ts';
import { type BackTest, backTestByFolds, backTestByTime, type Baseline } from './back-test.ts';
import { withFacts } from './dated-facts.ts';
import { ALIVE, orderSnapshots, SILENCE } from './order-snapshots.ts';
import { type ScoreIntervals, scoreIntervals } from './score-intervals.ts';
import { isKnown, type LabelledSnapshots, type Snapshots, type TimedSnapshots } from './snapshots.ts';

/** What a job has read. */
export type ChurnInput =
  | (WithFacts & {
      readonly from: 'orders';
      readonly purchases: PurchaseColumns;
      readonly asOfDay: number;
      readonly horizonDays: number;
    })
  | (WithFacts & { readonly from: 'bank'; readonly snapshots: TimedSnapshots })
  | {
      readonly from: 'table';
      readonly table: TextTable;
      readonly columns: { readonly label: string; readonly id: string; readonly positive?: string };
      readonly asOfDay: number;
    };

interface WithFacts {
  readonly facts: FactColumns;
  /** Features that are not to be used. */
  readonly leaveOut: readonly string[];
}

export interface ChurnRun {
  readonly model: ChurnModel;
  readonly scored: Snapshots;
  /** Of each scored customer, of churning within the horizon. */
  readonly probabilities: Float64Array;
  readonly reasons: readonly Pick<ExplainedScore, 'raising' | 'lowering'>[];
  readonly intervals: ScoreIntervals;
  readonly backTest: BackTest;
  /** What a reader must know of the columns: those left out and why, cells that are no number. */
  readonly remarks: readonly string[];
}

const SEED = 'churn';
const REASONS = 3;

/** Score of everybody there is, and how such a model has done before. Pure. Raises what models and readers raise. */
export function fitChurn(input: ChurnInput): ChurnRun {
  if (input.from === 'table') return fitTable(input);
  const baselines: readonly Baseline[] =
    input.from === 'bank'
      ? [{ feature: SILENCE_OF_BANK, sign: 1 }]
      : [
          { feature: SILENCE, sign: 1 },
          { feature: ALIVE, sign: -1 },
        ];
  return fitTimed(timedSnapshots(input), new Set(input.leaveOut), baselines);
}

/** Those who would be scored now, with all that is known of them; no model is trained. */
export function churnPresent(input: ChurnInput): Snapshots {
  if (input.from !== 'table') return timedSnapshots(input).present;
  const { customers, features } = readLabelledTable(input.table, input.columns);
  return { day: input.asOfDay, customers, features };
}

function timedSnapshots(input: Exclude<ChurnInput, { from: 'table' }>): TimedSnapshots {
  const snapshots =
    input.from === 'bank' ? input.snapshots : orderSnapshots(input.purchases, input.asOfDay, input.horizonDays);
  return withFacts(snapshots, input.facts, new Set(input.leaveOut));
}

const SILENCE_OF_BANK = 'days_since_last_activity';

/** The model that scores has learned from the latest customers whose outcome is known: those that the back-test held out. */
function fitTimed(data: TimedSnapshots, leaveOut: ReadonlySet<string>, baselines: readonly Baseline[]): ChurnRun {
  const { training, test, present } = data;
  for (const labelled of [training, test]) expectBoth(labelled, data.horizonDays);
  const { features, remarks } = sharedFeatures(data, leaveOut);
  const backTest = backTestByTime({ training, test }, { features, seed: SEED, baselines });
  const model = trainChurnModel(
    test.features.filter(({ name }) => features.has(name)),
    test.labels,
    { seed: SEED },
  );
  const scored = { ...present, features: present.features.filter(({ name }) => features.has(name)) };
  return { ...scoredBy(model, scored, backTest), remarks };
}

/** One of a kind is not enough to hold out. */
const LEAST_OF_EACH = 2;

function expectBoth({ labels, day }: LabelledSnapshots, horizonDays: number): void {
  const churned = labels.reduce((sum, label) => sum + label, 0);
  if (Math.min(churned, labels.length - churned) >= LEAST_OF_EACH) return;
  throw new WorkerError(
    'NO_FEATURES',
    `of ${labels.length} customers as of ${dayText(day)}, ${churned} churned within ${horizonDays} days: customers who churned ` +
      'and customers who stayed are needed to learn from',
  );
}

/** Those of which something is known on all three days. */
function sharedFeatures(
  { training, test, present }: TimedSnapshots,
  leaveOut: ReadonlySet<string>,
): { features: Set<string>; remarks: string[] } {
  const known = [training, test, present].map(
    ({ features }) => new Set(features.filter(isKnown).map(({ name }) => name)),
  );
  const all = new Set([training, test, present].flatMap(({ features }) => features.map(({ name }) => name)));
  for (const name of leaveOut) all.delete(name);
  const features = new Set([...all].filter((name) => known.every((names) => names.has(name))));
  const remarks = [...all]
    .filter((name) => !features.has(name))
    .map((name) => `left out: ${name} (not known on every day that is learned from)`);
  return { features, remarks };
}

function fitTable({ table, columns, asOfDay }: ChurnInput & { from: 'table' }): ChurnRun {
  const { label, features, customers, leftOut, warnings } = readLabelledTable(table, columns);
  const backTest = backTestByFolds(features, label.labels, SEED);
  const model = trainChurnModel(features, label.labels, { seed: SEED });
  const remarks = [...leftOut.map(({ name, reason }) => `left out: ${name} (${reason})`), ...warnings];
  return { ...scoredBy(model, { day: asOfDay, customers, features }, backTest), remarks };
}

function scoredBy(model: ChurnModel, scored: Snapshots, backTest: BackTest): Omit<ChurnRun, 'remarks'> {
  const probabilities = scoreChurn(model, scored.features);
  return {
    model,
    scored,
    probabilities,
    reasons: explainChurn(model, scored.features, REASONS),
    intervals: scoreIntervals(probabilities, backTest.heldOut),
    backTest,
  };
}
