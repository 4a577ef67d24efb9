import { type ConfigOf, envInteger, envNumber, envText } from '@ebb/config';
import { DAY_MS, SECOND_MS } from '@ebb/core';
import { z } from 'zod';
import { durationMs, startTime } from './flag-types.ts';
import { optionalFlag, switchFlag, valueFlag } from './flags.ts';
import type { SimulationOptions } from './simulation.ts';
import type { PaceOptions } from './pace.ts';
import type { Stream } from './world/message.ts';
import { DEFAULT_PARAMETERS } from './world/parameters.ts';
import { EVENTS_PER_PURCHASE } from './world/session-plan.ts';

const share = (name: string, description: string) =>
  valueFlag(name, envNumber({ min: 0, max: 1 }), {
    description: `share of events that are ${description}`,
    default: '0',
  });
const parameter = (name: string, value: number, description: string) =>
  valueFlag(name, envNumber({ min: 0.001 }), { description, default: String(value) });

export const simulateFlags = {
  rate: optionalFlag('--rate', envNumber({ min: 0.0001, max: 1_000_000 }), 'messages per second, open loop [200]'),
  purchasesPerDay: optionalFlag(
    '--purchases-per-day',
    envNumber({ min: 0.000_001 }),
    'instead of --rate: mean purchases of an active customer per simulated day',
  ),
  speed: valueFlag(
    '--speed',
    z.union([z.literal('max').transform(() => null), envNumber({ min: 0.001 })], 'must be a number or max'),
    {
      description:
        'simulated seconds per second, or max: all that lies in the past at once (--rate then is per simulated second)',
      default: '1',
    },
  ),
  start: optionalFlag(
    '--start',
    startTime(),
    'simulated time of the first event: now, a day or an ISO 8601 time [now]',
  ),
  backfill: optionalFlag('--backfill', durationMs(), 'begin this long ago, catch up, then go on live; such as 6h'),
  duration: optionalFlag('--duration', durationMs(), 'end after this simulated time, such as 90s or 30d'),
  count: optionalFlag('--count', envInteger({ min: 1 }), 'end after this many events'),
  customers: valueFlag('--customers', envInteger({ min: 1, max: 50_000_000 }), {
    description: 'customers there can be, the first of the master ids',
    default: '200000',
  }),
  seed: valueFlag('--seed', envText(), { description: 'seed of everything drawn', default: '42' }),
  world: valueFlag('--world', z.enum(['bgnbd', 'seasonal']), {
    description: 'bgnbd, or seasonal: seasons, another drop-out, correlated spend, more returns',
    default: 'bgnbd',
  }),
  sessionGap: valueFlag('--session-gap', durationMs(), {
    description: 'mean time between events of a visit',
    default: '15s',
  }),
  fulfilment: optionalFlag('--fulfilment', durationMs(), 'typical time from purchase to completion; see README'),
  r: parameter('--r', DEFAULT_PARAMETERS.r, 'BG/NBD: shape of the purchase rate'),
  a: parameter('--a', DEFAULT_PARAMETERS.a, 'BG/NBD: drop-out, first parameter'),
  b: parameter('--b', DEFAULT_PARAMETERS.b, 'BG/NBD: drop-out, second parameter'),
  spendP: parameter('--spend-p', DEFAULT_PARAMETERS.spendP, 'Gamma-Gamma p'),
  spendQ: parameter('--spend-q', DEFAULT_PARAMETERS.spendQ, 'Gamma-Gamma q, above 1'),
  spendGamma: parameter('--spend-gamma', DEFAULT_PARAMETERS.spendGamma, 'Gamma-Gamma gamma'),
  duplicates: share('--duplicates', 'sent twice'),
  late: share('--late', 'sent minutes late'),
  outOfOrder: share('--out-of-order', 'overtaken by later ones'),
  malformed: share('--malformed', 'followed by garbage'),
  future: share('--future', 'followed by one dated years ahead'),
  out: optionalFlag('--out', envText(), 'write NDJSON to a file, - for standard output, instead of sending'),
  truth: optionalFlag('--truth', envText(), 'Parquet file of the latent truth'),
  ackLog: optionalFlag('--ack-log', envText(), 'append the ids of every acknowledged batch to this file'),
  via: valueFlag('--via', z.enum(['kafka', 'collector']), { description: 'kafka or collector', default: 'kafka' }),
  url: optionalFlag('--url', z.url(), 'for --via collector: its address; EBB_COLLECTOR_URL unless given'),
  key: optionalFlag('--key', envText(), 'for --via collector: the write key; EBB_WRITE_KEY unless given'),
  json: switchFlag('--json', 'print the counts as JSON at the end'),
};

export type SimulateFlags = ConfigOf<typeof simulateFlags>;

export const simulateRules = [
  (flags: SimulateFlags): string | null =>
    flags.ackLog !== null && (flags.via === 'collector' || flags.out !== null)
      ? '--ack-log records what Kafka acknowledged: it goes without --via collector and --out'
      : null,
  (flags: SimulateFlags): string | null =>
    flags.rate !== null && flags.purchasesPerDay !== null ? 'give --rate or --purchases-per-day, not both' : null,
  (flags: SimulateFlags): string | null =>
    flags.backfill !== null && (flags.start !== null || flags.speed !== 1)
      ? '--backfill goes without --start and --speed'
      : null,
  (flags: SimulateFlags): string | null =>
    flags.spendQ > 1 ? null : '--spend-q must be above 1: there is no mean below',
];

export const STREAMS: Readonly<Record<string, readonly Stream[]>> = {
  shop: ['web', 'purchase'],
  all: ['web', 'purchase'],
  web: ['web'],
  purchases: ['purchase'],
};

const DEFAULT_RATE = 200;
/** Mean number of purchase events of an order; see planFulfilment. */
const EVENTS_PER_ORDER = 3;
/** Share of the customers that is active; see Population. */
const ACTIVE_SHARE = 0.6;
const LIVE_FULFILMENT_MS = 60 * SECOND_MS;
const LONGEST_FULFILMENT_MS = 3 * DAY_MS;
/** A bounded run is this many times as long as an order takes, so that orders of every status are seen. */
const FULFILMENTS_PER_RUN = 6;

export interface SimulationPlan {
  simulation: SimulationOptions;
  pace: PaceOptions;
}

/** Works out what is not said: intensity, start, end and how long orders take. */
export function planSimulation(flags: SimulateFlags, streams: readonly Stream[], nowMs: number): SimulationPlan {
  const speed = flags.backfill === null ? flags.speed : null;
  const purchasesPerDay = intensity(flags, streams, speed);
  const perPurchase = messagesPerPurchase(streams);
  const countMs = flags.count === null ? null : (flags.count / (perPurchase * purchasesPerDay)) * DAY_MS;
  const lengthMs = minimum(flags.duration, countMs);
  const startMs = flags.start ?? nowMs - (flags.backfill ?? (speed === null ? Math.ceil(lengthMs ?? 0) : 0));
  const fulfilmentMs = flags.fulfilment ?? defaultFulfilmentMs(lengthMs, speed);
  const simulation: SimulationOptions = {
    seed: flags.seed,
    kind: flags.world,
    parameters: pickParameters(flags),
    startMs,
    customers: flags.customers,
    purchasesPerDay,
    sessionGapMs: flags.sessionGap,
    fulfilmentMs,
    streams,
    faults: pickFaults(flags),
    count: flags.count,
    endMs: flags.duration === null ? null : startMs + flags.duration,
  };
  return { simulation, pace: { startMs, startedMs: nowMs, speed } };
}

function intensity(flags: SimulateFlags, streams: readonly Stream[], speed: number | null): number {
  if (flags.purchasesPerDay !== null) return flags.purchasesPerDay * flags.customers * ACTIVE_SHARE;
  const perSimulatedSecond = (flags.rate ?? DEFAULT_RATE) / (speed ?? 1);
  return (perSimulatedSecond * (DAY_MS / SECOND_MS)) / messagesPerPurchase(streams);
}

function messagesPerPurchase(streams: readonly Stream[]): number {
  return (streams.includes('web') ? EVENTS_PER_PURCHASE : 0) + (streams.includes('purchase') ? EVENTS_PER_ORDER : 0);
}

function defaultFulfilmentMs(lengthMs: number | null, speed: number | null): number {
  const typicalMs = lengthMs === null ? LIVE_FULFILMENT_MS * (speed ?? 1) : lengthMs / FULFILMENTS_PER_RUN;
  return Math.min(Math.max(1, typicalMs), LONGEST_FULFILMENT_MS);
}

function minimum(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

function pickParameters(flags: SimulateFlags): SimulationOptions['parameters'] {
  const { r, a, b, spendP, spendQ, spendGamma } = flags;
  return { r, a, b, spendP, spendQ, spendGamma };
}

function pickFaults(flags: SimulateFlags): SimulationOptions['faults'] {
  const { duplicates, late, outOfOrder, malformed, future } = flags;
  return { duplicates, late, outOfOrder, malformed, future };
}
