import type { Bin } from '../../api-types.ts';
import { formatCount } from '../../format.ts';

/** Whole numbers of a bin: `30 to 59`; one alone: `1`. */
export function wholeBinText({ from, to }: Bin): string {
  if (from === null) return `below ${formatCount(to)}`;
  if (to === null) return `${formatCount(from)} and more`;
  return to - from === 1 ? formatCount(from) : `${formatCount(from)} to ${formatCount(to - 1)}`;
}

/** Amounts of a bin, whose upper end is not in it: `50 to below 100`. */
export function amountBinText({ from, to }: Bin): string {
  if (from === null) return `below ${formatCount(to)}`;
  return to === null ? `${formatCount(from)} and more` : `${formatCount(from)} to below ${formatCount(to)}`;
}
