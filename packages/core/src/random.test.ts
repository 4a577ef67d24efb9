import { describe, expect, it } from 'vitest';
import { SeededRandom } from './random.ts';

const DRAWS = 40_000;

function moments(draw: () => number): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < DRAWS; i += 1) {
    const x = draw();
    sum += x;
    squares += x * x;
  }
  const mean = sum / DRAWS;
  return { mean, variance: squares / DRAWS - mean * mean };
}

describe('SeededRandom', () => {
  it('repeats a stream for a seed and differs between seeds', () => {
    const stream = (seed: string): number[] => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 8 }, () => random.uint32());
    };
    expect(stream('a')).toEqual(stream('a'));
    expect(stream('a')).not.toEqual(stream('b'));
  });

  it('forks by label, whatever was drawn before', () => {
    const fresh = new SeededRandom(7).fork('x').float();
    const used = new SeededRandom(7);
    used.float();
    expect(used.fork('x').float()).toBe(fresh);
    expect(used.fork('y').float()).not.toBe(fresh);
  });

  // Mean and variance by formula; five standard errors of the mean leave no room for a wrong parameterisation.
  it.each([
    ['float', (r: SeededRandom) => r.float(), 0.5, 1 / 12],
    ['normal', (r: SeededRandom) => r.normal(), 0, 1],
    ['exponential(2)', (r: SeededRandom) => r.exponential(2), 0.5, 0.25],
    ['gamma(0.243, 4.414)', (r: SeededRandom) => r.gamma(0.243, 4.414), 0.243 / 4.414, 0.243 / 4.414 ** 2],
    ['gamma(6.25, 2)', (r: SeededRandom) => r.gamma(6.25, 2), 3.125, 1.5625],
    ['beta(2, 3)', (r: SeededRandom) => r.beta(2, 3), 0.4, 0.04],
    ['poisson(4)', (r: SeededRandom) => r.poisson(4), 4, 4],
    ['poisson(80)', (r: SeededRandom) => r.poisson(80), 80, 80],
  ])('%s has the right mean and variance', (_name, draw, mean, variance) => {
    const random = new SeededRandom('moments');
    const seen = moments(() => draw(random));
    expect(Math.abs(seen.mean - mean)).toBeLessThan(5 * Math.sqrt(variance / DRAWS));
    expect(Math.abs(seen.variance / variance - 1)).toBeLessThan(0.12);
  });

  it('draws by weight', () => {
    const random = new SeededRandom(1);
    let hits = 0;
    for (let i = 0; i < 10_000; i += 1)
      hits +=
        random.weighted([
          ['a', 1],
          ['b', 3],
        ] as const) === 'b'
          ? 1
          : 0;
    expect(hits / 10_000).toBeCloseTo(0.75, 1);
  });
});
