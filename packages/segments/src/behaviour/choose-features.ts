import { SegmentsError } from '../errors.ts';
import { BEHAVIOUR_FEATURES, type BehaviourFeature, behaviourFeature, type Flag, FLAGS } from './behaviour-features.ts';
import { type BehaviourTable, checkFigures, flagColumn } from './behaviour-table.ts';

export interface LeftOutFeature {
  readonly feature: string;
  readonly reason: string;
}

/** What a run was made of; the next one is made of the same, so that its clusters can be compared. */
export interface UsedFeatures {
  /** The list that was asked for; null: whatever there is. */
  readonly asked: readonly string[] | null;
  readonly used: readonly string[];
  readonly flags: readonly Flag[];
}

export interface FeatureChoice extends UsedFeatures {
  /** Those of the known features that are not used, each with its reason. */
  readonly leftOut: readonly LeftOutFeature[];
  /** Whether clusters of the published run can live on in this one. */
  readonly isComparable: boolean;
}

/**
 * The features of a run: those of the published one, unless others are asked for; in a first run those that are there and
 * tell customers apart. Nothing is left out silently. Raises MISSING_FEATURE, TOO_FEW_CUSTOMERS where all are equal, and
 * BAD_TABLE for a figure that is missing.
 */
export function chooseFeatures(
  open: BehaviourTable,
  asked: readonly string[] | null,
  published: UsedFeatures | null,
): FeatureChoice {
  const isComparable = published !== null && continues(asked, published);
  const wanted = (isComparable ? published.used : (asked ?? namesOf(BEHAVIOUR_FEATURES))).map(known);
  const there = wanted.filter(({ name }) => open.columns.has(name));
  if (isComparable || asked !== null)
    checkAllThere(wanted, there, isComparable ? 'the published run has' : 'was asked for');
  checkFigures(open, there);
  const choice = isComparable ? published : { asked, ...telling(open, there) };
  const otherwise = isComparable ? 'the published run does not have it' : 'it was not asked for';
  return {
    asked: choice.asked,
    used: choice.used,
    flags: choice.flags,
    isComparable,
    leftOut: BEHAVIOUR_FEATURES.filter(({ name }) => !choice.used.includes(name)).map(({ name }) => ({
      feature: name,
      reason: reasonAgainst(open, name) ?? otherwise,
    })),
  };
}

function continues(asked: readonly string[] | null, { asked: before, used }: UsedFeatures): boolean {
  return asked === null || [before ?? used, used].some((names) => isSameSet(asked, names));
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === new Set(b).size && a.every((name) => b.includes(name));
}

function known(name: string): BehaviourFeature {
  const feature = behaviourFeature(name);
  if (feature !== undefined) return feature;
  throw new SegmentsError(
    'MISSING_FEATURE',
    `"${name}" is no feature of behaviour; one of ${namesOf(BEHAVIOUR_FEATURES).join(', ')}`,
  );
}

function checkAllThere(wanted: readonly BehaviourFeature[], there: readonly BehaviourFeature[], whose: string): void {
  const missing = namesOf(wanted.filter((feature) => !there.includes(feature)));
  if (missing.length === 0) return;
  throw new SegmentsError(
    'MISSING_FEATURE',
    `the marts have no column ${missing.join(', ')}, which ${whose}: build them with it, or ask for other features by name`,
  );
}

/** Those that differ between customers, and flags that do. */
function telling(open: BehaviourTable, there: readonly BehaviourFeature[]): Omit<UsedFeatures, 'asked'> {
  const used = namesOf(there).filter((name) => reasonAgainst(open, name) === null);
  const flags = FLAGS.filter((flag) => {
    const column = there.some((feature) => feature.flag === flag) ? flagColumn(open, flag) : null;
    return column !== null && !isConstant(column);
  });
  if (used.length + flags.length > 0) return { used, flags };
  throw new SegmentsError(
    'TOO_FEW_CUSTOMERS',
    `${open.customers.length} customers who are all equal in ${namesOf(there).join(', ')} are one cluster`,
  );
}

/** Null: there is none. */
function reasonAgainst({ columns }: BehaviourTable, name: string): string | null {
  const column = columns.get(name);
  if (column === undefined) return 'the marts have no such column';
  const values = column.filter((value) => !Number.isNaN(value));
  if (values.length === 0) return 'nobody has a value';
  return isConstant(values) ? `everybody who has a value has ${values[0]}` : null;
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

function namesOf(features: readonly BehaviourFeature[]): string[] {
  return features.map(({ name }) => name);
}
