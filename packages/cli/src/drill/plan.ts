import { SeededRandom } from '@ebb/core';

/** What may be killed. `simulator` is the load itself. */
export const DRILL_TARGETS = [
  'postgres',
  'kafka',
  'clickhouse',
  'connect',
  'collector',
  'aggregator',
  'cdc-connector',
  'cdc-sink',
  'simulator',
] as const;
export type DrillTarget = (typeof DRILL_TARGETS)[number];

/** Who connects to whom; each of these can be cut. */
export const DRILL_LINKS = [
  ['collector', 'kafka'],
  ['collector', 'postgres'],
  ['aggregator', 'kafka'],
  ['aggregator', 'postgres'],
  ['connect', 'kafka'],
  ['connect', 'postgres'],
  ['cdc-connector', 'connect'],
  ['cdc-connector', 'kafka'],
  ['cdc-connector', 'postgres'],
  ['cdc-sink', 'kafka'],
  ['cdc-sink', 'postgres'],
  ['cdc-sink', 'clickhouse'],
] as const;
export type DrillLink = (typeof DRILL_LINKS)[number];

/** Servers whose disk may run full. */
export const DRILL_DISKS = ['kafka', 'clickhouse'] as const;
export type DrillDisk = (typeof DRILL_DISKS)[number];

export type Fault =
  | { kind: 'kill'; target: DrillTarget }
  /** reset: torn down and refused. silent: nothing passes, as with a pulled cable. */
  | { kind: 'cut'; link: DrillLink; mode: 'reset' | 'silent'; durationMs: number }
  | { kind: 'full-disk'; disk: DrillDisk; durationMs: number };

export interface DrillRound {
  fault: Fault;
  /** Load before the fault, ms. */
  delayMs: number;
}

/** Rounds that play every fault once. */
export const ALL_FAULTS = DRILL_TARGETS.length + DRILL_LINKS.length + DRILL_DISKS.length;

const MIN_DELAY_MS = 500;
const SPREAD_MS = 3_500;

/**
 * Decides every fault from the seed. Each cycle of `ALL_FAULTS` rounds plays every fault once; kills and cuts take
 * turns, so that a few rounds have both.
 */
export function planDrill(rounds: number, seed: string): DrillRound[] {
  const random = new SeededRandom(seed);
  const plan: DrillRound[] = [];
  let left: Fault[] = [];
  for (let i = 0; i < rounds; i += 1) {
    if (left.length === 0) left = drawCycle(random);
    const [fault, ...others] = left;
    if (fault === undefined) break;
    left = others;
    plan.push({ fault, delayMs: MIN_DELAY_MS + random.int(SPREAD_MS) });
  }
  return plan;
}

export function describeFault(fault: Fault): string {
  if (fault.kind === 'kill') return `kill -9 ${fault.target}`;
  const seconds = `${(fault.durationMs / 1_000).toFixed(1)} s`;
  if (fault.kind === 'full-disk') return `disk of ${fault.disk} full for ${seconds}`;
  return `${fault.link.join(' to ')} ${fault.mode === 'reset' ? 'reset and refused' : 'silent'} for ${seconds}`;
}

/** What a fault hits, without how: by this its rounds are added up. */
export function describeTarget(fault: Fault): string {
  if (fault.kind === 'kill') return `kill -9 ${fault.target}`;
  return fault.kind === 'cut' ? `cut ${fault.link.join(' to ')}` : `full disk of ${fault.disk}`;
}

function drawCycle(random: SeededRandom): Fault[] {
  const kills = shuffled(random, DRILL_TARGETS).map((target): Fault => ({ kind: 'kill', target }));
  const cuts = shuffled(random, DRILL_LINKS).map((link): Fault => ({
    kind: 'cut',
    link,
    mode: random.pick(['reset', 'silent']),
    durationMs: 1_000 + random.int(7_000),
  }));
  const disks = shuffled(random, DRILL_DISKS).map((disk): Fault => ({
    kind: 'full-disk',
    disk,
    durationMs: 4_000 + random.int(6_000),
  }));
  const cycle = Array.from({ length: Math.max(kills.length, cuts.length) }, (_, i) => [
    ...kills.slice(i, i + 1),
    ...cuts.slice(i, i + 1),
  ]).flat();
  // Not among the first: short drills have no need of a file system of their own.
  for (const disk of disks) cycle.splice(4 + random.int(cycle.length - 4), 0, disk);
  return cycle;
}

function shuffled<T>(random: SeededRandom, items: readonly T[]): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.int(left.length), 1)).flat();
}
