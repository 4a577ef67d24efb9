import { DAY_MS, type Money } from '@ebb/core';
import { amountOf } from '../tables/amount.ts';
import { ClvError } from './errors.ts';

const DAY = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$/;

/**
 * Days since 1970-01-01 of `1997-09-30` or `19970930`, with or without a time behind it; the day as it is written, in
 * whatever time zone. Raises BAD_DATE for other orders, which may be read in two ways, and for days that are none.
 */
export function parseDay(text: string, place: string): number {
  const [, year, month, day] = DAY.exec(text.trim()) ?? [];
  const written = `${year}-${month}-${day}`;
  const timeMs = Date.parse(written);
  if (day !== undefined && !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(written)) {
    return timeMs / DAY_MS;
  }
  throw new ClvError('BAD_DATE', `${place}: ${JSON.stringify(text)} is no day; write it as 2010-12-31`);
}

/** As `amountOf` reads it. Raises BAD_AMOUNT. */
export function parseAmount(text: string, place: string): Money {
  const amount = amountOf(text);
  if (amount !== null) return amount;
  const found = JSON.stringify(text);
  throw new ClvError('BAD_AMOUNT', `${place}: ${found} is no amount; write it as 1234.50, without currency or commas`);
}

/** A whole number of pieces. Raises BAD_QUANTITY. */
export function parseQuantity(text: string, place: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new ClvError('BAD_QUANTITY', `${place}: ${JSON.stringify(text)} is no whole number of pieces`);
}
