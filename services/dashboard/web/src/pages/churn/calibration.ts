import type { CalibrationBin } from '../../api-types.ts';
import { formatPercent } from '../../format.ts';

/** Whether chance alone explains that promised and observed share differ. */
export function isKept({ predicted, low, high }: CalibrationBin): boolean {
  return predicted >= low && predicted <= high;
}

/** The picture in one sentence. */
export function calibrationWords(bins: readonly CalibrationBin[]): string {
  const kept = bins.filter(isKept).length;
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return 'No customer was tested.';
  return (
    `In ${kept} of ${bins.length} tenths the promised share lies within the 90 % interval of the observed one. ` +
    `Observed: ${formatPercent(first.observed)} of the lowest scores, ${formatPercent(last.observed)} of the highest.`
  );
}
