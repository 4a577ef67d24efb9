import { SeededRandom } from '@ebb/core';
import { fitBgNbd, fitGammaGamma, simulateRows } from '@ebb/customer-models';
import { between, type Figure, percent, type Section } from './figure.ts';

const CUSTOMERS = 3_000;
const OBSERVED_WEEKS = [20, 60] as const;
const PURCHASES = { r: 0.8, alpha: 6, a: 0.8, b: 4 };
const SPEND = { p: 6.25, q: 3.74, gamma: 15.44 };
/** Of 90 % intervals over fifty seeds or more: chance alone stays within. */
const WANTED = [0.82, 0.96] as const;

/** How many of the 90 % intervals of the parameters hold the value that made the data. */
export function gradeCoverage(seeds: number): Section {
  const held = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed += 1) {
    for (const name of heldParameters(`coverage/${seed}`)) held.set(name, (held.get(name) ?? 0) + 1);
  }
  const figures = Object.keys({ ...PURCHASES, ...SPEND }).map((name): Figure =>
    between(`90 % interval of ${name} holds the truth`, (held.get(name) ?? 0) / seeds, WANTED, percent),
  );
  return {
    title: 'Intervals of the parameters',
    remarks: [`${seeds} simulated shops of ${CUSTOMERS} customers each.`],
    figures,
    charts: [],
  };
}

function heldParameters(seed: string): string[] {
  const rows = simulateRows(new SeededRandom(seed), {
    customers: CUSTOMERS,
    purchases: PURCHASES,
    spend: SPEND,
    observed: OBSERVED_WEEKS,
  });
  const truth: Readonly<Record<string, number>> = { ...PURCHASES, ...SPEND };
  const estimates = { ...fitBgNbd(rows).estimates, ...fitGammaGamma(rows).estimates };
  return Object.entries(estimates)
    .filter(([name, { low, high }]) => low <= (truth[name] ?? Number.NaN) && (truth[name] ?? Number.NaN) <= high)
    .map(([name]) => name);
}
