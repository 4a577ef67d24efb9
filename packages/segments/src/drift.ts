import { countIn, type FeatureBins, psi, psiByChance } from './stability.ts';

/** From 0.25 on a population counts as another one (Siddiqi, Credit Risk Scorecards, 2006). */
export const PSI_ALERT = 0.25;
/** A centre that moved by half a standard deviation is another profile. */
export const CENTRE_ALERT = 0.5;

export interface PsiFigure {
  /** A feature, or `segments` for how customers are spread over them. */
  readonly name: string;
  readonly psi: number;
  /** What chance alone comes to on average with so many customers. */
  readonly byChance: number;
  readonly isAlert: boolean;
}

export interface CentreShift {
  readonly segment: number;
  /** In standard deviations of the published run. */
  readonly distance: number;
  readonly isAlert: boolean;
}

export interface Drift {
  readonly populations: readonly PsiFigure[];
  readonly centres: readonly CentreShift[];
  readonly isAlert: boolean;
}

export interface DriftInput {
  readonly bins: readonly FeatureBins[];
  /** Values of all customers now, by feature. */
  readonly values: ReadonlyMap<string, Float64Array>;
  readonly sizesBefore: ReadonlyMap<number, number>;
  readonly sizesNow: ReadonlyMap<number, number>;
  readonly shifts: readonly { readonly segment: number; readonly distance: number }[];
  /** With another k every segment is cut anew: its size and centre are told then, and are no alert. Default true. */
  readonly isSameK?: boolean;
}

/** How far a run's customers are from those of the published run. */
export function drift({ bins, values, sizesBefore, sizesNow, shifts, isSameK = true }: DriftInput): Drift {
  const features = featureDrift(bins, values);
  const sizes = psiFigure('segments', ...pairedSizes(sizesBefore, sizesNow));
  const populations = [...features, { ...sizes, isAlert: isSameK && sizes.isAlert }];
  const centres = shifts.map(({ segment, distance }) => ({
    segment,
    distance,
    isAlert: isSameK && distance >= CENTRE_ALERT,
  }));
  return { populations, centres, isAlert: [...populations, ...centres].some(({ isAlert }) => isAlert) };
}

/** The stability of each feature; one that nobody has a value of any more is an alert by itself. */
export function featureDrift(bins: readonly FeatureBins[], values: ReadonlyMap<string, Float64Array>): PsiFigure[] {
  return bins.map(({ feature, edges, counts }) =>
    psiFigure(feature, counts, countIn(edges, values.get(feature) ?? new Float64Array())),
  );
}

function psiFigure(name: string, expected: readonly number[], actual: readonly number[]): PsiFigure {
  const [value, byChance] = [psi(expected, actual), psiByChance(expected, actual)];
  const isGone = actual.every((count) => count === 0) && expected.some((count) => count > 0);
  // A figure that chance reaches easily is no alert, however large it looks.
  return { name, psi: value, byChance, isAlert: isGone || (value >= PSI_ALERT && value > 3 * byChance) };
}

/** Segments that live on, and one bin for those that ended or began: another k is a change of its own, not a drift. */
function pairedSizes(before: ReadonlyMap<number, number>, now: ReadonlyMap<number, number>): [number[], number[]] {
  const living = [...before.keys()].filter((segment) => now.has(segment)).toSorted((a, b) => a - b);
  const rest = (sizes: ReadonlyMap<number, number>): number => {
    let total = 0;
    for (const [segment, size] of sizes) if (!living.includes(segment)) total += size;
    return total;
  };
  const list = (sizes: ReadonlyMap<number, number>): number[] => living.map((segment) => sizes.get(segment) ?? 0);
  const [ended, begun] = [rest(before), rest(now)];
  return ended + begun === 0
    ? [list(before), list(now)]
    : [
        [...list(before), ended],
        [...list(now), begun],
      ];
}
