import { EbbError } from './errors.ts';

/**
 * An amount in units of 1/10,000 of its currency, the scale of `numeric(20,4)`. Sums of integers are exact in any
 * order, which is what lets a live total equal a batch total to the cent.
 */
export type Money = bigint;

export const MONEY_SCALE = 4;
const UNITS = 10_000n;
const LIMIT = 10n ** 20n;
const PATTERN = /^([+-]?)(\d{1,16})(?:\.(\d{1,4})0*)?$/;

/**
 * Reads a plain decimal such as `-12.5`; at most 16 digits before the point and 4 that count behind it.
 * Raises INVALID_MONEY for anything else, exponents included.
 */
export function parseMoney(text: string): Money {
  const match = PATTERN.exec(text);
  if (match === null) throw invalid(text);
  const units = BigInt((match[2] ?? '') + (match[3] ?? '').padEnd(MONEY_SCALE, '0'));
  return match[1] === '-' ? -units : units;
}

/** The money a JSON number was written as: its shortest decimal, never the binary fraction behind it. */
export function moneyFromNumber(value: number): Money {
  if (!Number.isFinite(value)) throw invalid(String(value));
  return parseMoney(String(value));
}

/** Plain decimal with two to four places: `12.50`, `-0.125`. */
export function formatMoney(money: Money): string {
  const magnitude = money < 0n ? -money : money;
  const fraction = (magnitude % UNITS)
    .toString()
    .padStart(MONEY_SCALE, '0')
    .replace(/0{1,2}$/, '');
  return `${money < 0n ? '-' : ''}${magnitude / UNITS}.${fraction}`;
}

/** Exact product of an amount and a whole quantity. */
export function timesQuantity(money: Money, quantity: number): Money {
  return money * BigInt(quantity);
}

/** Whether the amount fits `numeric(20,4)`. */
export function isMoneyInRange(money: Money): boolean {
  return money < LIMIT && money > -LIMIT;
}

function invalid(text: string): EbbError<'INVALID_MONEY'> {
  return new EbbError(
    'INVALID_MONEY',
    `not an amount: ${JSON.stringify(text.slice(0, 64))}; write a plain decimal with at most 4 places, such as "12.50"`,
  );
}
