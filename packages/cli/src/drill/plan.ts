import { SeededRandom } from '@ebb/core';

/** What may be killed. `postgres` and `kafka` are servers, the others services, `simulator` the load itself. */
export const DRILL_TARGETS = ['aggregator', 'collector', 'simulator', 'kafka', 'postgres'] as const;
export type DrillTarget = (typeof DRILL_TARGETS)[number];

export interface DrillRound {
  target: DrillTarget;
  /** Load before the kill, ms. */
  delayMs: number;
}

const MIN_DELAY_MS = 500;
const SPREAD_MS = 3_500;

/**
 * Decides every kill from the seed. Each run of five rounds kills every target once, in random order, so that three
 * rounds hit three different parts.
 */
export function planDrill(rounds: number, seed: string): DrillRound[] {
  const random = new SeededRandom(seed);
  const plan: DrillRound[] = [];
  let left: DrillTarget[] = [];
  for (let i = 0; i < rounds; i += 1) {
    if (left.length === 0) left = [...DRILL_TARGETS];
    const target = random.pick(left);
    left = left.filter((name) => name !== target);
    plan.push({ target, delayMs: MIN_DELAY_MS + random.int(SPREAD_MS) });
  }
  return plan;
}
