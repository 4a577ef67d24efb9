import { must } from './assert.ts';

/**
 * Seeded generator sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, the same stream on every
 * machine. Distributions use textbook methods, cited where they stand.
 */
export class SeededRandom {
  readonly #label: string;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;
  #spareNormal: number | null = null;

  constructor(seed: string | number) {
    this.#label = String(seed);
    const next = hash32(this.#label);
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let i = 0; i < 15; i += 1) this.uint32();
  }

  /** A stream of its own, decided by this seed and the label alone, not by how much was drawn before. */
  fork(label: string | number): SeededRandom {
    return new SeededRandom(`${this.#label}/${label}`);
  }

  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Uniform on [0, 1) with 53 bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** Uniform on 0..n−1. */
  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  bool(probability: number): boolean {
    return this.float() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return must(items[this.int(items.length)], 'pick needs a non-empty list');
  }

  /** One of the values, each with a chance in proportion to its weight. */
  weighted<T>(entries: readonly (readonly [T, number])[]): T {
    let total = 0;
    for (const [, weight] of entries) total += weight;
    let left = this.float() * total;
    for (const [value, weight] of entries) {
      left -= weight;
      if (left < 0) return value;
    }
    return must(entries.at(-1), 'weighted needs a non-empty list')[0];
  }

  /** Standard normal, polar method (Marsaglia & Bray 1964). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    for (;;) {
      const u = 2 * this.float() - 1;
      const v = 2 * this.float() - 1;
      const s = u * u + v * v;
      if (s <= 0 || s >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spareNormal = v * scale;
      return u * scale;
    }
  }

  /** Mean 1/rate. */
  exponential(rate: number): number {
    return -Math.log(1 - this.float()) / rate;
  }

  /** Gamma with mean shape/rate (Marsaglia & Tsang 2000; boosted for shape < 1). */
  gamma(shape: number, rate: number): number {
    if (shape < 1) return this.gamma(shape + 1, rate) * (1 - this.float()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = 1 - this.float();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / rate;
    }
  }

  /** Beta through two gammas. */
  beta(a: number, b: number): number {
    const x = this.gamma(a, 1);
    return x / (x + this.gamma(b, 1));
  }

  /** Poisson: by multiplication below 30 (Knuth), above as the sum of independent halves. */
  poisson(mean: number): number {
    if (mean > 30) return this.poisson(mean / 2) + this.poisson(mean / 2);
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.float(); product > limit; product *= this.float()) count += 1;
    return count;
  }
}

/** Spreads a label over 32-bit words (MurmurHash3's mixing, A. Appleby). */
function hash32(label: string): () => number {
  let h = 1_779_033_703 ^ label.length;
  for (let i = 0; i < label.length; i += 1) {
    h = Math.imul(h ^ label.charCodeAt(i), 3_432_918_353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2_246_822_507);
    h = Math.imul(h ^ (h >>> 13), 3_266_489_909);
    h ^= h >>> 16;
    return h >>> 0;
  };
}
