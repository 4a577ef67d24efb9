import { ClickhouseError } from './errors.ts';

/** Digits a double adds up without rounding. */
const EXACT_DIGITS = 15;
const LIMBS = 16;
const ZERO = 48;
const NINE = 57;

/**
 * Reads a decimal text as the whole number text × 10^scale, without a float and without allocating: into `limbs`, 16 bits
 * each, least significant first, two's complement over 256 bits. One parser serves one writer.
 */
export class DecimalParser {
  readonly limbs: Uint32Array = new Uint32Array(LIMBS);
  #fraction = 0;
  #digits = 0;
  #exponent = 0;
  #isNegative = false;

  /** Raises VALUE_OUT_OF_RANGE for what is no number or does not fit `precision` digits, `scale` of them fractional. */
  parse(text: string, precision: number, scale: number): void {
    const end = this.#scan(text);
    // Digits kept after the point once the exponent is applied; a negative number drops zeros, a positive appends them.
    const shift = scale - (this.#fraction - this.#exponent);
    this.#accumulate(text, end, shift);
    if (this.#digits > precision) fail(text, precision, scale);
  }

  /** Sign, number of fractional digits and exponent; returns where the digits end. */
  #scan(text: string): number {
    this.#isNegative = text.charCodeAt(0) === MINUS;
    this.#fraction = 0;
    this.#exponent = 0;
    let point = -1;
    let seen = 0;
    let at = signLength(text);
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= ZERO && code <= NINE) seen += 1;
      else if (code === POINT && point < 0) point = seen;
      else break;
    }
    if (seen === 0) fail(text);
    if (point >= 0) this.#fraction = seen - point;
    if (at < text.length) this.#exponent = exponentOf(text, at);
    return at;
  }

  #accumulate(text: string, end: number, shift: number): void {
    this.limbs.fill(0);
    this.#digits = 0;
    let drop = shift < 0 ? -shift : 0;
    let total = 0;
    for (let at = end - 1; at >= 0 && drop > 0; at -= 1) {
      const code = text.charCodeAt(at);
      if (code < ZERO || code > NINE) continue;
      if (code !== ZERO) fail(text);
      end = at;
      drop -= 1;
    }
    for (let at = signLength(text); at < end; at += 1) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0) continue;
      total = this.#push(total, digit);
    }
    for (let zeros = shift; zeros > 0 && this.#digits > 0 && this.#digits <= MAX_DIGITS; zeros -= 1) {
      total = this.#push(total, 0);
    }
    this.#finish(total);
  }

  /** The first 15 digits are added up in a double, the rest in limbs. */
  #push(total: number, digit: number): number {
    if (this.#digits === 0 && digit === 0) return total;
    if (this.#digits === EXACT_DIGITS) this.#spread(total);
    this.#digits += 1;
    if (this.#digits <= EXACT_DIGITS) return total * 10 + digit;
    if (this.#digits <= MAX_DIGITS) this.#timesTenPlus(digit);
    return total;
  }

  #spread(total: number): void {
    for (let limb = 0; limb < 4; limb += 1) {
      this.limbs[limb] = total % 65_536;
      total = Math.floor(total / 65_536);
    }
  }

  #timesTenPlus(digit: number): void {
    const { limbs } = this;
    let carry = digit;
    for (let limb = 0; limb < LIMBS; limb += 1) {
      const value = (limbs[limb] ?? 0) * 10 + carry;
      limbs[limb] = value & 0xff_ff;
      carry = value >>> 16;
    }
  }

  #finish(total: number): void {
    if (this.#digits <= EXACT_DIGITS) this.#spread(total);
    if (!this.#isNegative) return;
    const { limbs } = this;
    let carry = 1;
    for (let limb = 0; limb < LIMBS; limb += 1) {
      const value = (~(limbs[limb] ?? 0) & 0xff_ff) + carry;
      limbs[limb] = value & 0xff_ff;
      carry = value >>> 16;
    }
  }
}

const MINUS = 45;
const PLUS = 43;
const POINT = 46;
/** What Decimal256 holds. */
const MAX_DIGITS = 76;
const EXPONENT = /^e[+-]?\d{1,5}$/i;

function signLength(text: string): number {
  const code = text.charCodeAt(0);
  return code === MINUS || code === PLUS ? 1 : 0;
}

function exponentOf(text: string, at: number): number {
  const tail = text.slice(at);
  if (!EXPONENT.test(tail)) fail(text);
  return Number(tail.slice(1));
}

function fail(text: string, precision?: number, scale?: number): never {
  const shown = JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
  const type = precision === undefined ? 'a decimal of this scale' : `Decimal(${precision}, ${String(scale)})`;
  throw new ClickhouseError('VALUE_OUT_OF_RANGE', `${shown} does not fit ${type}`);
}
