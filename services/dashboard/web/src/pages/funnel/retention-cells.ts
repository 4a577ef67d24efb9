import type { RetentionCell } from '../../api-types.ts';
import { formatPercent } from '../../format.ts';

const SHADES = 4;

/** A rate as text; of a period that still runs it is a lower bound. */
export function rateText({ rate, isComplete }: RetentionCell): string {
  if (rate === null) return '–';
  return isComplete ? formatPercent(rate) : `≥ ${formatPercent(rate)}`;
}

/** How strongly a rate is shaded, 0 (not at all) to 4; the first period, in which everybody began, is not. */
export function shadeOf({ since, rate }: RetentionCell): number {
  if (since === 0 || rate === null || rate === 0) return 0;
  return Math.min(SHADES, Math.ceil(rate * 2 * SHADES));
}
