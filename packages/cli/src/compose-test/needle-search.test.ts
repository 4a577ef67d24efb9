import { describe, expect, it } from 'vitest';
import { NeedleSearch } from './needle-search.ts';

const NEEDLES = new Map([
  ['first', 'correct horse'],
  ['second', 'battery'],
]);

function search(pieces: string[]): string[] {
  const needles = new NeedleSearch(NEEDLES);
  for (const piece of pieces) needles.push(Buffer.from(piece));
  return [...needles.found];
}

describe('NeedleSearch', () => {
  it('finds texts wherever the stream is cut', () => {
    const text = 'a correct horse and a battery';
    for (let at = 0; at <= text.length; at += 1) {
      expect(search([text.slice(0, at), text.slice(at)])).toEqual(['first', 'second']);
    }
    expect(search(text.split(''))).toEqual(['first', 'second']);
  });

  it('finds nothing in what only looks alike', () => {
    expect(search(['correct', ' hors', 'batter', 'z'])).toEqual([]);
  });
});
