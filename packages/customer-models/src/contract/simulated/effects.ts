import type { SeededRandom } from '@ebb/core';
import type { SimulatedContract } from './simulated-contract.ts';

/** Shapes and sizes of what drives churn in one simulated table; sizes are log-odds. */
export interface Effects {
  readonly churnRate: number;
  readonly age: { readonly centre: number; readonly width: number; readonly size: number; readonly isValley: boolean };
  readonly balance: { readonly half: number; readonly size: number; readonly none: number };
  readonly calls: { readonly from: number; readonly size: number };
  readonly products: readonly number[];
  readonly logins: { readonly half: number; readonly size: number };
  readonly tenure: { readonly halfLife: number; readonly size: number };
  readonly charge: number;
  readonly country: Readonly<Record<string, number>>;
  readonly plan: Readonly<Record<string, number>>;
  readonly inactive: number;
  /** Acts above an age for the inactive alone. */
  readonly inactiveOld: { readonly from: number; readonly size: number };
  /** Acts above a charge for monthly plans alone. */
  readonly dearMonthly: { readonly from: number; readonly size: number };
}

export function drawEffects(random: SeededRandom): Effects {
  const between = (low: number, high: number): number => low + (high - low) * random.float();
  const either = (size: number): number => (random.bool(0.5) ? size : -size);
  return {
    churnRate: between(0.15, 0.35),
    age: { centre: between(38, 55), width: between(8, 16), size: between(1, 2.2), isValley: random.bool(0.5) },
    balance: { half: Math.exp(between(9, 10.5)), size: either(between(0.5, 1.5)), none: either(between(0.3, 0.9)) },
    calls: { from: 2 + random.int(3), size: between(0.8, 2) },
    products: [0, either(between(0.3, 1)), between(0.5, 1.8), between(0.8, 2.2)],
    logins: { half: between(3, 12), size: between(0.5, 1.6) },
    tenure: { halfLife: between(4, 18), size: between(0.6, 1.8) },
    charge: between(-0.4, 0.8),
    country: { DE: 0, FR: between(-0.5, 0.5), ES: between(-0.5, 0.8), PL: between(-0.8, 0.4), LU: between(-1, 1) },
    plan: { monthly: between(0.4, 1), yearly: 0, 'two years': -between(0.3, 1) },
    inactive: between(0, 0.8),
    inactiveOld: { from: between(40, 55), size: between(0, 1.4) },
    dearMonthly: { from: between(60, 80), size: between(0, 1.2) },
  };
}

/** Log-odds of churn but for a constant. */
export function logOddsOf(contract: SimulatedContract, effects: Effects): number {
  return bent(contract, effects) + steps(contract, effects) + together(contract, effects);
}

function bent(contract: SimulatedContract, { age, balance, logins, tenure, charge }: Effects): number {
  const fromCentre = ((contract.age - age.centre) / age.width) ** 2;
  const bump = age.size * Math.exp(-fromCentre / 2);
  return (
    (age.isValley ? -bump : bump) +
    balance.size * (contract.balance / (contract.balance + balance.half)) +
    logins.size * Math.exp((-contract.logins * Math.LN2) / logins.half) +
    tenure.size * 2 ** (-contract.tenureMonths / tenure.halfLife) +
    charge * ((contract.charge - 60) / 20)
  );
}

function steps(contract: SimulatedContract, effects: Effects): number {
  return (
    (contract.balance === 0 ? effects.balance.none : 0) +
    (contract.supportCalls >= effects.calls.from ? effects.calls.size : 0) +
    (effects.products[contract.products - 1] ?? 0) +
    (effects.country[contract.country] ?? 0) +
    (effects.plan[contract.plan] ?? 0) +
    (contract.isActive ? 0 : effects.inactive)
  );
}

function together(contract: SimulatedContract, { inactiveOld, dearMonthly }: Effects): number {
  const isInactiveOld = !contract.isActive && contract.age > inactiveOld.from;
  const isDearMonthly = contract.plan === 'monthly' && contract.charge > dearMonthly.from;
  return (isInactiveOld ? inactiveOld.size : 0) + (isDearMonthly ? dearMonthly.size : 0);
}
