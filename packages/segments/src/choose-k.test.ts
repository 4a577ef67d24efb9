import { describe, expect, it } from 'vitest';
import { chooseK, type KScore, type KState } from './choose-k.ts';

/** Scores of k = 2, 3, … */
const scores = (...values: number[]): KScore[] => values.map((score, index) => ({ k: index + 2, score }));

/** The k of each of several runs, one after the other. */
function sequence(...runs: KScore[][]): number[] {
  let state: KState | null = null;
  return runs.map((run) => {
    state = chooseK(run, state);
    return state.k;
  });
}

describe('chooseK', () => {
  const [four, three, barely, five] = [
    scores(0.5, 0.94, 0.945),
    scores(0.5, 0.97, 0.945),
    scores(0.5, 0.96, 0.945),
    scores(0.5, 0.9, 0.945, 0.99),
  ];

  it('takes the best of the first run, of equal ones the smaller', () => {
    expect(chooseK(four, null)).toMatchObject({ k: 4, challenger: null });
    expect(chooseK(scores(0.9, 0.9), null).k).toBe(2);
  });

  it('changes it when the same challenger leads clearly twice in a row', () => {
    expect(sequence(four, three, three, three)).toEqual([4, 4, 3, 3]);
  });

  it.each([
    ['leads by too little', [four, barely, barely, barely]],
    ['leads clearly, but not twice in a row', [four, three, four, three]],
    ['is another one each time', [four, three, five, three, five]],
  ])('keeps it when a challenger %s', (_, runs) => {
    expect(new Set(sequence(...runs))).toEqual(new Set([4]));
  });

  it('says by how much who leads, and how often', () => {
    const first = chooseK(three, { k: 4, challenger: null });
    expect(first).toMatchObject({ k: 4, challenger: { k: 3, runs: 1 } });
    expect(first.reason).toBe('k stays 4: k = 3 leads by 0.0250 in 1 of 2 runs');
    expect(chooseK(three, first).reason).toBe('k becomes 3: k = 3 leads by 0.0250 in 2 of 2 runs');
    expect(chooseK(barely, first).reason).toBe('k stays 4; k = 3 leads by 0.0150, less than 0.02');
  });

  it('takes the best where the published k was not tried', () => {
    expect(chooseK(scores(0.3, 0.4), { k: 9, challenger: null })).toMatchObject({ k: 3, challenger: null });
    expect(() => chooseK([], null)).toThrow(/no score/);
  });
});
