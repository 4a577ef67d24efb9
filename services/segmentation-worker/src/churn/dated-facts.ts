import { type DatedValue, type FeatureColumn, featuresAsOf, type Snapshot } from '@ebb/customer-models';
import { WorkerError } from '../errors.ts';
import type { FactColumns } from '../features/fact-source.ts';
import { knownUntilMs, type Snapshots, type TimedSnapshots } from './snapshots.ts';

/**
 * The snapshots with what else was known of their customers on their days: of each fact the latest value by then. Raises
 * LEAKAGE for a fact that was known of nobody on the days that are learned from, only later, and BAD_FEATURE for one that
 * goes by the name of another feature.
 */
export function withFacts(data: TimedSnapshots, facts: FactColumns, leaveOut: ReadonlySet<string>): TimedSnapshots {
  const values = valuesOf(facts, leaveOut);
  if (values.length === 0) return data;
  const { training, test, present, horizonDays } = data;
  const momentsOf = ({ customers, day }: Snapshots): Snapshot[] =>
    customers.map((customerId) => ({
      customerId,
      asOfMs: knownUntilMs(day),
      outcomeKnownAtMs: knownUntilMs(day + horizonDays),
    }));
  const learned = featuresAsOf([...momentsOf(training), ...momentsOf(test)], values);
  const count = training.customers.length;
  return {
    horizonDays,
    training: joined(
      training,
      learned.map((column) => part(column, 0, count)),
    ),
    test: joined(
      test,
      learned.map((column) => part(column, count, count + test.customers.length)),
    ),
    present: joined(present, featuresAsOf(momentsOf(present), values)),
  };
}

function valuesOf(facts: FactColumns, leaveOut: ReadonlySet<string>): DatedValue[] {
  return facts.customers.flatMap((customerId, row) => {
    const feature = facts.features[row] ?? '';
    const number = facts.numbers[row] ?? Number.NaN;
    const value = Number.isNaN(number) ? (facts.texts[row] ?? null) : number;
    return leaveOut.has(feature) ? [] : [{ customerId, feature, value, knownAtMs: facts.knownAtMs[row] ?? Number.NaN }];
  });
}

function part(column: FeatureColumn, from: number, to: number): FeatureColumn {
  return column.kind === 'numeric'
    ? { ...column, values: column.values.slice(from, to) }
    : { ...column, values: column.values.slice(from, to) };
}

function joined<T extends Snapshots>(snapshots: T, facts: readonly FeatureColumn[]): T {
  const names = new Set(snapshots.features.map(({ name }) => name));
  const twice = facts.find(({ name }) => names.has(name));
  if (twice !== undefined) {
    throw new WorkerError('BAD_FEATURE', `the fact "${twice.name}" has the name of another feature: name it otherwise`);
  }
  return { ...snapshots, features: [...snapshots.features, ...facts] };
}
