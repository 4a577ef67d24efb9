import type { Change, Metric } from '../../api-types.ts';
import { formatCount } from '../../format.ts';
import { formatDifference, formatMetric } from '../../report/metric-text.ts';

export interface ChangeWords {
  readonly mark: 'up' | 'down' | 'open' | 'none';
  /** What a screen reader hears for the mark. */
  readonly verdict: string;
  readonly sentence: string;
  /** What the verdict rests on. */
  readonly ground: string;
}

const MARKS = { rise: 'up', fall: 'down', unclear: 'open', too_few: 'none' } as const;
const VERDICTS = { rise: 'Rose', fall: 'Fell', unclear: 'No clear change', too_few: 'Too little to tell' } as const;

/** A change in words, with the number of cases and the interval it rests on. */
export function changeWords(change: Change, metric: Metric, currency: string | null): ChangeWords {
  return {
    mark: MARKS[change.verdict],
    verdict: VERDICTS[change.verdict],
    sentence: sentenceOf(change, metric, currency),
    ground: groundOf(change, metric, currency),
  };
}

function sentenceOf(change: Change, { title, unit }: Metric, currency: string | null): string {
  const value = (which: 'before' | 'after'): string => formatMetric(unit, change[which], currency);
  const difference = formatDifference(unit, change.change, currency);
  const size = difference.replace(/^[+-]/, '');
  if (change.verdict === 'rise') return `${title} rose by ${size} to ${value('after')}.`;
  if (change.verdict === 'fall') return `${title} fell by ${size} to ${value('after')}.`;
  const figures = `${title}: ${value('after')} after ${value('before')}.`;
  if (change.verdict === 'too_few') return figures;
  return `${figures} The difference of ${difference} is within what chance alone brings.`;
}

function groundOf(change: Change, { unit }: Metric, currency: string | null): string {
  const cases =
    change.basis === 'weekdays'
      ? `n = ${change.nAfter} pairs of equal weekdays`
      : `n = ${formatCount(change.nBefore)} and ${formatCount(change.nAfter)} sessions`;
  if (change.low === null || change.high === null) return `Too little to tell a change from chance: ${cases}.`;
  const low = formatDifference(unit, change.low, currency);
  const high = formatDifference(unit, change.high, currency);
  return `95 % interval of the change: ${low} to ${high}; ${cases}.`;
}
