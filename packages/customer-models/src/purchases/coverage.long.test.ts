import { SeededRandom } from '@ebb/core';
import { expect, it } from 'vitest';
import { fitBgNbd } from './bg-nbd.ts';
import { fitGammaGamma } from './gamma-gamma.ts';
import { simulateRows } from './simulated/simulated-rows.ts';

const SEEDS = 200;
const purchases = { r: 0.8, alpha: 6, a: 0.8, b: 4 };
const spend = { p: 6.25, q: 3.74, gamma: 15.44 };

it(`90 % intervals hold the true parameter in 82 to 96 % of ${SEEDS} shops`, () => {
  const held = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const rows = simulateRows(new SeededRandom(`coverage/${seed}`), {
      customers: 3_000,
      purchases,
      spend,
      observed: [20, 60],
    });
    const [bought, spent] = [fitBgNbd(rows), fitGammaGamma(rows)];
    expect([bought.status, spent.status], `seed ${seed}`).toEqual(['converged', 'converged']);
    const truth: Record<string, number> = { ...purchases, ...spend };
    for (const [name, { low, high }] of Object.entries({ ...bought.estimates, ...spent.estimates })) {
      const value = truth[name] as number;
      held.set(name, (held.get(name) ?? 0) + (low <= value && value <= high ? 1 : 0));
    }
  }
  expect(held.size).toBe(7);
  for (const [name, count] of held) {
    expect(count / SEEDS, `${name}: ${count} of ${SEEDS}`).toBeGreaterThanOrEqual(0.82);
    expect(count / SEEDS, `${name}: ${count} of ${SEEDS}`).toBeLessThanOrEqual(0.96);
  }
});
