import { moneyFromNumber, type SeededRandom } from '@ebb/core';
import type { BgNbdParameters } from '../bg-nbd.ts';
import type { GammaGammaParameters } from '../gamma-gamma.ts';
import type { Purchase } from '../purchase-histories.ts';

export interface BookOptions {
  readonly customers: number;
  /** Days over which customers begin, and on which the book ends. */
  readonly acquisitionDays: number;
  readonly lastDay: number;
  /**
   * `bgnbd`: as the models assume. `seasonal`: the year swings by 35 %, lifetimes are exponential whatever is bought, and
   * who buys often spends more.
   */
  readonly world: 'bgnbd' | 'seasonal';
}

const PURCHASES: BgNbdParameters = { r: 0.8, alpha: 40, a: 0.8, b: 10 };
const SPEND: GammaGammaParameters = { p: 6.25, q: 3.74, gamma: 40 };
const YEARLY_SWING = 0.35;
const SPEND_CORRELATION = 0.4;

/** A shop's book in days and cents. */
export function simulateBook(random: SeededRandom, options: BookOptions): Purchase[] {
  const book: Purchase[] = [];
  const isSeasonal = options.world === 'seasonal';
  for (let i = 0; i < options.customers; i += 1) {
    const first = random.int(options.acquisitionDays);
    const rate = random.gamma(PURCHASES.r, PURCHASES.alpha);
    const dropOut = random.beta(PURCHASES.a, PURCHASES.b);
    const relativeRate = (rate * PURCHASES.alpha) / PURCHASES.r;
    const nu = random.gamma(SPEND.q, SPEND.gamma) / (isSeasonal ? relativeRate ** SPEND_CORRELATION : 1);
    const endOfLife = isSeasonal
      ? first + random.exponential(0.0015 * random.gamma(1.2, 1.2))
      : Number.POSITIVE_INFINITY;
    const highest = isSeasonal ? rate * (1 + YEARLY_SWING) : rate;
    book.push(purchaseOf(random, `c${i}`, first, nu));
    for (let day = first + random.exponential(highest); day <= options.lastDay; day += random.exponential(highest)) {
      if (day > endOfLife) break;
      if (
        isSeasonal &&
        !random.bool((1 + YEARLY_SWING * Math.cos((2 * Math.PI * day) / 365.25)) / (1 + YEARLY_SWING))
      ) {
        continue;
      }
      book.push(purchaseOf(random, `c${i}`, Math.floor(day), nu));
      if (!isSeasonal && random.bool(dropOut)) break;
    }
  }
  return book;
}

function purchaseOf(random: SeededRandom, customer: string, day: number, nu: number): Purchase {
  const amount = random.gamma(SPEND.p, nu);
  return { customer, day, amount: moneyFromNumber(Math.round(amount * 100) / 100) };
}
