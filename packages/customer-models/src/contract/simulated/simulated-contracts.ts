import { SeededRandom } from '@ebb/core';
import { logistic } from '../model/logistic-function.ts';
import { drawEffects, logOddsOf } from './effects.ts';
import type { SimulatedContract } from './simulated-contract.ts';

/** A table as a file would hold it, with the truth that no file holds. */
export interface SimulatedTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Chance of churn that each row's label was drawn with. */
  readonly probabilities: Float64Array;
  /** 1: churned. */
  readonly labels: Uint8Array;
}

const COLUMNS =
  'customer_id,age,tenure_months,balance,products,support_calls,logins,charge,country,plan,is_active,region_code,churned';
const COUNTRIES = [
  ['DE', 40],
  ['FR', 25],
  ['ES', 20],
  ['PL', 12],
  ['LU', 3],
] as const;
const PLANS = [
  ['monthly', 55],
  ['yearly', 30],
  ['two years', 15],
] as const;

/**
 * Contracts whose churn depends on age, balance and counts in bent, stepped and U-shaped ways, some of them together;
 * the seed draws shapes and sizes. About a quarter churns. One column says nothing, one per cent of charges is blank.
 */
export function simulateContracts(seed: string | number, rows: number): SimulatedTable {
  const random = new SeededRandom(`contracts/${seed}`);
  const effects = drawEffects(random.fork('effects'));
  const draws = random.fork('customers');
  const contracts = Array.from({ length: rows }, () => drawContract(draws));
  const logOdds = contracts.map((contract) => logOddsOf(contract, effects));
  const shift = shiftForRate(logOdds, effects.churnRate);
  const probabilities = Float64Array.from(logOdds, (value) => logistic(value + shift));
  const outcomes = random.fork('outcomes');
  const labels = Uint8Array.from(probabilities, (p) => (outcomes.bool(p) ? 1 : 0));
  const noise = random.fork('noise');
  const cells = contracts.map((contract, row) => cellsOf(contract, row, labels[row] === 1, noise));
  return { columns: COLUMNS.split(','), rows: cells, probabilities, labels };
}

function drawContract(random: SeededRandom): SimulatedContract {
  const plan = random.weighted(PLANS);
  return {
    age: Math.round(Math.min(90, 18 + random.gamma(4, 0.16))),
    tenureMonths: random.int(plan === 'monthly' ? 48 : 72),
    balance: random.bool(0.35) ? 0 : Math.round(100 * Math.exp(10 + 0.9 * random.normal())) / 100,
    products: random.weighted([
      [1, 48],
      [2, 44],
      [3, 6],
      [4, 2],
    ] as const),
    supportCalls: random.poisson(random.gamma(1.2, 0.7)),
    logins: random.poisson(random.gamma(2, 0.15)),
    charge: Math.round(100 * (20 + 80 * random.beta(1.5, 1.5))) / 100,
    country: random.weighted(COUNTRIES),
    plan,
    isActive: random.bool(0.52),
  };
}

/** What to add to all log-odds so that the mean chance is the rate (bisection). */
function shiftForRate(logOdds: readonly number[], rate: number): number {
  let [low, high] = [-50, 50];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    const mean = logOdds.reduce((sum, value) => sum + logistic(value + middle), 0) / logOdds.length;
    if (mean < rate) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function cellsOf(contract: SimulatedContract, row: number, churned: boolean, noise: SeededRandom): string[] {
  return [
    `C-${String(100_000 + row)}`,
    String(contract.age),
    String(contract.tenureMonths),
    contract.balance.toFixed(2),
    String(contract.products),
    String(contract.supportCalls),
    String(contract.logins),
    noise.bool(0.01) ? '' : contract.charge.toFixed(2),
    contract.country,
    contract.plan,
    contract.isActive ? 'yes' : 'no',
    `R${noise.int(12)}`,
    churned ? 'Yes' : 'No',
  ];
}
