import { DAY_MS, type SeededRandom } from '@ebb/core';
import { customerTraits, type TraitsOptions } from './customer-traits.ts';
import { SumTree } from './sum-tree.ts';

export interface PopulationOptions extends TraitsOptions {
  /** Customers there can ever be: the first this many of the seed's master ids. */
  customers: number;
  /** Purchases a day of all active customers together. */
  purchasesPerDay: number;
}

/** Share of the customers that is active at the start; the others come as customers drop out. */
const ACTIVE_SHARE = 0.6;

/**
 * The customers, in typed arrays: 200,000 take some 20 MB.
 *
 * Whoever drops out is followed by the next customers of the list until the purchase rates of the active ones add up to
 * the same total again. The world thus keeps its intensity, while each customer's own history is BG/NBD throughout. When
 * the list is used up, the intensity falls as people leave.
 */
export class Population {
  readonly size: number;
  /** Purchases a day. */
  readonly lambda: Float64Array;
  readonly dropout: Float64Array;
  readonly spendMean: Float64Array;
  readonly country: Uint8Array;
  readonly tier: Uint8Array;
  readonly channel: Uint8Array;
  readonly device: Uint8Array;
  readonly acquiredMs: Float64Array;
  /** NaN while alive. */
  readonly aliveUntilMs: Float64Array;
  readonly purchases: Uint32Array;
  /** Scale α of λ ~ Gamma(r, α), in days. */
  readonly alpha: number;
  readonly #options: PopulationOptions;
  readonly #active: SumTree;
  #activeRate = 0;
  #acquired = 0;

  constructor(options: PopulationOptions) {
    const size = options.customers;
    this.#options = options;
    this.size = size;
    this.alpha = (options.parameters.r * ACTIVE_SHARE * size) / options.purchasesPerDay;
    this.lambda = new Float64Array(size);
    this.dropout = new Float64Array(size);
    this.spendMean = new Float64Array(size);
    this.country = new Uint8Array(size);
    this.tier = new Uint8Array(size);
    this.channel = new Uint8Array(size);
    this.device = new Uint8Array(size);
    this.acquiredMs = new Float64Array(size);
    this.aliveUntilMs = new Float64Array(size).fill(Number.NaN);
    this.purchases = new Uint32Array(size);
    this.#active = new SumTree(size);
  }

  /** How many customers there have been so far: positions 0 to this − 1. */
  get acquired(): number {
    return this.#acquired;
  }

  get exhausted(): boolean {
    return this.#acquired === this.size;
  }

  /** Purchases per ms of all active customers. */
  get ratePerMs(): number {
    return Math.max(0, this.#activeRate) / DAY_MS;
  }

  /** Mean purchases a day over all customers, active or not yet: E[λ]. */
  get meanLambda(): number {
    return this.#options.parameters.r / this.alpha;
  }

  /** Brings customers in until the wanted intensity is reached; returns their positions' range. */
  acquire(timeMs: number): { from: number; to: number } {
    const from = this.#acquired;
    while (this.#acquired < this.size && this.#activeRate < this.#options.purchasesPerDay) this.#acquireNext(timeMs);
    return { from, to: this.#acquired };
  }

  /** An active customer, drawn in proportion to λ: the next event of many Poisson processes taken together. */
  pick(random: SeededRandom): number {
    return Math.min(this.#active.find(random.float() * this.#activeRate), this.#acquired - 1);
  }

  isActive(index: number): boolean {
    return Number.isNaN(this.aliveUntilMs[index] ?? 0);
  }

  leave(index: number, timeMs: number): void {
    if (!this.isActive(index)) return;
    const lambda = this.lambda[index] ?? 0;
    this.aliveUntilMs[index] = timeMs;
    this.#active.add(index, -lambda);
    this.#activeRate -= lambda;
  }

  /** A purchase, counted; one that was under way when its customer left is the last sign of life. */
  recordPurchase(index: number, timeMs: number): void {
    this.purchases[index] = (this.purchases[index] ?? 0) + 1;
    if (!this.isActive(index)) this.aliveUntilMs[index] = Math.max(this.aliveUntilMs[index] ?? 0, timeMs);
  }

  #acquireNext(timeMs: number): void {
    const index = this.#acquired;
    const traits = customerTraits(index, this.#options);
    const lambda = traits.rateUnit / this.alpha;
    this.lambda[index] = lambda;
    this.dropout[index] = traits.dropout;
    this.spendMean[index] = traits.spendMean;
    this.country[index] = traits.countryIndex;
    this.tier[index] = traits.tierIndex;
    this.channel[index] = traits.channelIndex;
    this.device[index] = traits.deviceIndex;
    this.acquiredMs[index] = timeMs;
    this.#active.add(index, lambda);
    this.#activeRate += lambda;
    this.#acquired += 1;
  }
}
