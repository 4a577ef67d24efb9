import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { hostEnvironment } from '@ebb/config';
import { DAY_MS, must, parseMoney } from '@ebb/core';
import type { BgNbdParameters, GammaGammaParameters, Purchase } from '@ebb/customer-models';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { z } from 'zod';
import { REPOSITORY } from '../../stack/home.ts';

export type WorldKind = 'bgnbd' | 'seasonal';

export interface WorldOptions {
  readonly kind: WorldKind;
  /** Customers there can be; three fifths of them from the start, the others follow those who drop out. */
  readonly customers: number;
  readonly seed: string;
  /** YYYY-MM-DD. */
  readonly start: string;
  readonly days: number;
}

/** A book of purchases, and what the simulator alone knows of who made them. */
export interface SimulatedWorld {
  /**
   * Every customer's sign-up, a purchase of nothing, and every order: since the sign-up customers buy and drop out as
   * BG/NBD has it. Since the first order they do not, because they may have dropped out with that one.
   */
  readonly purchases: readonly Purchase[];
  /** Last day as a customer; infinite for who still is one. */
  readonly aliveUntilDay: ReadonlyMap<string, number>;
  /** Of the BG/NBD world, time in days. */
  readonly parameters: { readonly purchases: BgNbdParameters; readonly spend: GammaGammaParameters };
}

/** Of an active customer a day, in the mean. Much higher, and purchases of one day, which count as one, would be many. */
const PURCHASES_PER_DAY = 0.015;

const SIMULATOR = join(REPOSITORY, 'services/simulator/src/main.ts');

const orderRow = z.object({ user_id: z.string(), purchase_time: z.iso.datetime(), total_amount: z.string() });
const latentRow = z.object({ user_id: z.string(), acquired_at: z.date(), alive_until: z.date().nullable() });
const latentParameters = z.object({
  r: z.number(),
  alpha: z.number(),
  a: z.number(),
  b: z.number(),
  spendP: z.number(),
  spendQ: z.number(),
  spendGamma: z.number(),
});

/** Runs `ebb simulate purchases` to its end and reads the events and the truth it wrote. */
export async function simulateWorld(options: WorldOptions): Promise<SimulatedWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-grade-'));
  try {
    const [events, truth] = [join(directory, 'events.ndjson'), join(directory, 'truth.parquet')];
    await promisify(execFile)(process.execPath, [SIMULATOR, ...simulateArguments(options, events, truth)], {
      env: hostEnvironment(),
    });
    return await readWorld(events, truth);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function simulateArguments({ kind, customers, seed, start, days }: WorldOptions, out: string, truth: string): string[] {
  const flags = {
    '--world': kind,
    '--customers': String(customers),
    '--purchases-per-day': String(PURCHASES_PER_DAY),
    '--seed': seed,
    '--start': start,
    '--duration': `${days}d`,
    '--speed': 'max',
    '--out': out,
    '--truth': truth,
  };
  return ['simulate', 'purchases', ...Object.entries(flags).flat()];
}

async function readWorld(eventsPath: string, truthPath: string): Promise<SimulatedWorld> {
  const file = await asyncBufferFromFile(truthPath);
  const { key_value_metadata: metadata } = await parquetMetadataAsync(file);
  const columns = Object.keys(latentRow.shape);
  const customers = z.array(latentRow).parse(await parquetReadObjects({ file, columns }));
  const written = metadata?.find(({ key }) => key === 'parameters')?.value;
  const { r, alpha, a, b, spendP, spendQ, spendGamma } = latentParameters.parse(
    JSON.parse(must(written, 'the truth holds its parameters')),
  );
  const signUps = customers.map((one) => ({ customer: one.user_id, day: dayOf(one.acquired_at), amount: 0n }));
  return {
    purchases: [...signUps, ...(await readOrders(eventsPath))],
    aliveUntilDay: new Map(
      customers.map((one) => [one.user_id, one.alive_until === null ? Infinity : dayOf(one.alive_until)]),
    ),
    parameters: { purchases: { r, alpha, a, b }, spend: { p: spendP, q: spendQ, gamma: spendGamma } },
  };
}

/** Of each order the event that placed it; what becomes of it later is another matter. */
async function readOrders(path: string): Promise<Purchase[]> {
  const orders: Purchase[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (!line.includes('"order_status":"processing"')) continue;
    const order = orderRow.parse(JSON.parse(line));
    const day = Math.floor(Date.parse(order.purchase_time) / DAY_MS);
    orders.push({ customer: order.user_id, day, amount: parseMoney(order.total_amount) });
  }
  return orders;
}

function dayOf(time: Date): number {
  return Math.floor(time.getTime() / DAY_MS);
}
