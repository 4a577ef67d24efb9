import { ContractModelError } from '../errors.ts';
import type { FeatureColumn } from '../features/feature-columns.ts';
import { isoTime, type Snapshot } from './temporal-split.ts';

/** A value of a feature and the moment from which it was known. */
export interface DatedValue {
  readonly customerId: string;
  readonly feature: string;
  readonly value: number | string | null;
  readonly knownAtMs: number;
}

/**
 * The features of each snapshot as they were known at its moment: of each feature the latest value up to then
 * (point-in-time join). A feature that no customer had by then is known only afterwards, e.g. a reason for leaving; it is
 * refused, since a blank column would hide it. Raises LEAKAGE; BAD_FEATURE for a feature of numbers and texts.
 */
export function featuresAsOf(snapshots: readonly Snapshot[], values: readonly DatedValue[]): FeatureColumn[] {
  const wanted = new Set(snapshots.map(({ customerId }) => customerId));
  const history = new Map<string, Map<string, DatedValue[]>>();
  for (const value of values) {
    const ofFeature = history.get(value.feature) ?? new Map<string, DatedValue[]>();
    history.set(value.feature, ofFeature);
    if (!wanted.has(value.customerId)) continue;
    const own = ofFeature.get(value.customerId);
    if (own === undefined) ofFeature.set(value.customerId, [value]);
    else own.push(value);
  }
  return [...history].map(([feature, ofFeature]) => {
    const known = snapshots.map((snapshot) => latestUpTo(ofFeature.get(snapshot.customerId) ?? [], snapshot.asOfMs));
    if (known.some((value) => value !== undefined)) return columnOf(feature, known);
    throw new ContractModelError(
      'LEAKAGE',
      `feature ${JSON.stringify(feature)} is known of no customer at its moment, only later: leave it out`,
    );
  });
}

function latestUpTo(values: readonly DatedValue[], asOfMs: number): DatedValue | undefined {
  let latest: DatedValue | undefined;
  for (const value of values) {
    if (value.knownAtMs <= asOfMs && value.knownAtMs >= (latest?.knownAtMs ?? -Infinity)) latest = value;
  }
  return latest;
}

function columnOf(name: string, known: readonly (DatedValue | undefined)[]): FeatureColumn {
  const cells = known.map((value) => value?.value ?? null);
  const filled = cells.filter((cell) => cell !== null);
  if (filled.every((cell) => typeof cell === 'number')) {
    return {
      kind: 'numeric',
      name,
      values: Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
    };
  }
  if (filled.every((cell) => typeof cell === 'string')) {
    return { kind: 'categorical', name, values: cells.map((cell) => (cell === null ? null : String(cell))) };
  }
  throw new ContractModelError(
    'BAD_FEATURE',
    `feature ${JSON.stringify(name)} has numbers and texts: make it one kind`,
  );
}

/** When each value of a table of features was known; rows are those of the snapshots. */
export interface DatedColumn {
  readonly name: string;
  /** Epoch milliseconds; NaN where the cell is blank. */
  readonly knownAtMs: Float64Array;
}

/**
 * Refuses a table of features in which a value was known only after its row's moment. Raises LEAKAGE, naming the
 * feature, the customer and both times; a feature that is late in every filled row is called one that only the future
 * knows. Raises BAD_FEATURE for a column of another length.
 */
export function refuseFutureFeatures(snapshots: readonly Snapshot[], columns: readonly DatedColumn[]): void {
  for (const { name, knownAtMs } of columns) {
    const shown = JSON.stringify(name);
    if (knownAtMs.length !== snapshots.length) {
      throw new ContractModelError(
        'BAD_FEATURE',
        `feature ${shown} has ${knownAtMs.length} times for ${snapshots.length} rows`,
      );
    }
    const late = [...knownAtMs.keys()].filter((row) => (knownAtMs[row] ?? 0) > (snapshots[row]?.asOfMs ?? 0));
    const [first] = late;
    if (first === undefined) continue;
    const filled = knownAtMs.filter((time) => !Number.isNaN(time)).length;
    const snapshot = snapshots[first];
    const extent = late.length === filled ? 'only the future knows it' : `${late.length} of ${filled} values`;
    const example = `customer ${JSON.stringify(snapshot?.customerId)} as of ${isoTime(snapshot?.asOfMs ?? Number.NaN)} got it ${isoTime(knownAtMs[first] ?? Number.NaN)}`;
    throw new ContractModelError(
      'LEAKAGE',
      `feature ${shown} is known after the moment it is used (${extent}): ${example}`,
    );
  }
}
