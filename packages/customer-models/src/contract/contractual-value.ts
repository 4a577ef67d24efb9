import { ContractModelError } from './errors.ts';

export interface ContractualValueOptions {
  /** Money a contract earns per period while it runs; a float, rounded by who shows it. */
  readonly marginPerPeriod: number;
  /** Cost of money per period: 0.10 a year is (1.10)^(1/12) − 1 a month. */
  readonly discountPerPeriod: number;
  /** Periods looked ahead; infinitely many where left out. */
  readonly periods?: number;
  /** Whether the payment of the running period is still to come (`now`) or has been made (`end`). Default: `end`. */
  readonly nextPayment?: 'now' | 'end';
}

/**
 * Lifetime value of a contract, Σ margin · S(t) / (1 + d)^t, with survival S(t) = (1 − churn)^t: margin times survival,
 * discounted (Berger & Nasr 1998, J. Interactive Marketing 12:17-30, case 1; with `end` and no horizon it is Gupta &
 * Lehmann 2003, ibid. 17:9-24: margin · r / (1 + d − r)). Payment t = 0 counts with `now`, t = 1 is the first with `end`.
 * Churn is per period, 0 to 1. Raises BAD_ARGUMENT.
 */
export function contractualValue(churnPerPeriod: number, options: ContractualValueOptions): number {
  checkPart('churn per period', churnPerPeriod);
  const { marginPerPeriod, discountPerPeriod, periods = Infinity, nextPayment = 'end' } = options;
  checkOptions(options, periods);
  // In logarithms: 1 − (1 − churn)^t of a tiny churn would lose its digits.
  const logFactor = Math.log1p(-churnPerPeriod) - Math.log1p(discountPerPeriod);
  const first = nextPayment === 'now' ? 1 : Math.exp(logFactor);
  if (logFactor !== 0) return marginPerPeriod * first * geometricSum(logFactor, periods);
  if (periods !== Infinity) return marginPerPeriod * periods;
  throw new ContractModelError(
    'BAD_ARGUMENT',
    'no churn and no discount give an infinite value: name a horizon (periods)',
  );
}

/** Σ e^(t · logFactor) for t from 0 to periods − 1. */
function geometricSum(logFactor: number, periods: number): number {
  return periods === 0 ? 0 : Math.expm1(periods * logFactor) / Math.expm1(logFactor);
}

/**
 * The same for any survival curve: `survival[t]` is the chance that the contract still runs when payment t comes, with
 * t = 0 for the payment of now (Fader & Hardie 2010, Marketing Science 29:85-93). Raises BAD_ARGUMENT.
 */
export function valueOfSurvival(
  survival: readonly number[],
  { marginPerPeriod, discountPerPeriod }: Pick<ContractualValueOptions, 'marginPerPeriod' | 'discountPerPeriod'>,
): number {
  checkOptions({ marginPerPeriod, discountPerPeriod }, survival.length);
  let value = 0;
  let before = 1;
  for (const [period, chance] of survival.entries()) {
    checkPart(`survival at period ${period}`, chance);
    if (chance > before) {
      throw new ContractModelError(
        'BAD_ARGUMENT',
        `survival rises from ${before} to ${chance} at period ${period}: nobody returns`,
      );
    }
    before = chance;
    value += (marginPerPeriod * chance) / (1 + discountPerPeriod) ** period;
  }
  return value;
}

/** Churn per shorter period: 1 − (1 − p)^(1/n), e.g. a year's for twelve months. */
export function churnPerPart(churn: number, parts: number): number {
  checkPart('churn', churn);
  if (!(parts > 0)) throw new ContractModelError('BAD_ARGUMENT', `${parts} parts of a period: more than 0 are needed`);
  return -Math.expm1(Math.log1p(-churn) / parts);
}

function checkPart(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new ContractModelError('BAD_ARGUMENT', `${name} is ${value}, not a part from 0 to 1`);
}

function checkOptions({ marginPerPeriod, discountPerPeriod }: ContractualValueOptions, periods: number): void {
  if (!Number.isFinite(marginPerPeriod)) {
    throw new ContractModelError('BAD_ARGUMENT', `margin per period is ${marginPerPeriod}, not a number`);
  }
  if (!(discountPerPeriod >= 0 && Number.isFinite(discountPerPeriod))) {
    throw new ContractModelError('BAD_ARGUMENT', `discount per period is ${discountPerPeriod}: 0 or more is needed`);
  }
  if (!(periods >= 0)) throw new ContractModelError('BAD_ARGUMENT', `${periods} periods: 0 or more are needed`);
}
