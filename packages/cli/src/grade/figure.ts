import type { LineChart } from './line-chart.ts';

/** `not judged`: reported without an aim. */
export type Verdict = 'held' | 'missed' | 'not judged';

/** One line of the report. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly aim: string;
  readonly verdict: Verdict;
}

/** What was graded, in words, figures and plots. */
export interface Section {
  readonly title: string;
  readonly remarks: readonly string[];
  readonly figures: readonly Figure[];
  readonly charts: readonly LineChart[];
}

type Format = (value: number) => string;

export function atMost(name: string, value: number, most: number, format: Format = decimal(4)): Figure {
  return judged(name, format(value), `at most ${format(most)}`, value <= most);
}

export function atLeast(name: string, value: number, least: number, format: Format = decimal(4)): Figure {
  return judged(name, format(value), `at least ${format(least)}`, value >= least);
}

/** Not further than `slack` from `target`, either way. */
export function near(name: string, value: number, target: number, slack: number): Figure {
  const format = decimal(Math.max(0, Math.ceil(-Math.log10(slack))));
  return judged(name, format(value), `${format(target)} ± ${slack}`, Math.abs(value - target) <= slack);
}

/** Signed share, not beyond `slack` either way. */
export function shareWithin(name: string, value: number, slack: number): Figure {
  return judged(name, signedPercent(value), `within ${percent(slack)}`, Math.abs(value) <= slack);
}

export function between(name: string, value: number, [low, high]: readonly [number, number], format: Format): Figure {
  return judged(name, format(value), `${format(low)} to ${format(high)}`, value >= low && value <= high);
}

/** NaN holds no aim: every comparison with it is false. */
export function judged(name: string, value: string, aim: string, isHeld: boolean): Figure {
  return { name, value, aim, verdict: isHeld ? 'held' : 'missed' };
}

export function told(name: string, value: string): Figure {
  return { name, value, aim: '', verdict: 'not judged' };
}

export function decimal(places: number): Format {
  return (value) => value.toFixed(places);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function signedPercent(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}
