import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS } from '@ebb/core';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Simulation } from '../simulation.ts';
import { runSimulation, testOptions } from '../testing/simulation-fixture.ts';
import type { SimMessage } from './message.ts';
import { intensityAt } from './season.ts';
import { writeTruth } from './truth-file.ts';

interface Run {
  simulation: Simulation;
  messages: SimMessage[];
}

function run(change: Parameters<typeof testOptions>[0]): Run {
  const options = testOptions({ streams: ['purchase'], count: 12_000, customers: 1_000, ...change });
  const simulation = new Simulation(options);
  return { simulation, messages: runSimulation(simulation, options.startMs) };
}

const ratio = (a: number, b: number): number => a / b;
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Customers' λ · time while active since the start, in days: the purchases to be expected of each. */
function expectedPurchases({ simulation }: Run, startMs: number): number[] {
  const { population } = simulation.world;
  return Array.from({ length: population.acquired }, (_, index) => {
    const leftMs = population.aliveUntilMs[index] ?? Number.NaN;
    const untilMs = Number.isNaN(leftMs) ? simulation.lastMs : leftMs;
    const fromMs = Math.max(population.acquiredMs[index] ?? 0, startMs);
    return ((population.lambda[index] ?? 0) * Math.max(0, untilMs - fromMs)) / DAY_MS;
  });
}

describe('the BG/NBD world', () => {
  const { startMs, parameters } = testOptions({});
  let world: Run;
  let totals: Map<string, number[]>;

  beforeAll(() => {
    world = run({});
    totals = new Map();
    for (const message of world.messages) {
      const order = JSON.parse(message.value) as { user_id: string; order_status: string; total_amount: string };
      if (order.order_status !== 'processing') continue;
      totals.set(order.user_id, [...(totals.get(order.user_id) ?? []), Number(order.total_amount)]);
    }
  }, 60_000);

  test('draws λ from Gamma(r, α) and p from Beta(a, b)', () => {
    const { population } = world.simulation.world;
    const lambda = population.lambda.slice(0, population.acquired);
    const p = population.dropout.slice(0, population.acquired);
    const mean = sum(lambda) / lambda.length;
    const variance = sum([...lambda].map((value) => (value - mean) ** 2)) / lambda.length;
    expect(ratio(mean, parameters.r / population.alpha)).toBeCloseTo(1, 0);
    expect(ratio(mean ** 2 / variance, parameters.r)).toBeGreaterThan(0.75);
    expect(ratio(mean ** 2 / variance, parameters.r)).toBeLessThan(1.3);
    expect(Math.abs(sum(p) / p.length - parameters.a / (parameters.a + parameters.b))).toBeLessThan(0.012);
  });

  test('lets each customer buy at its own λ while it is active', () => {
    const expected = expectedPurchases(world, startMs);
    const actual = world.simulation.world.population.purchases.slice(0, expected.length);
    expect(ratio(sum(actual), sum(expected))).toBeGreaterThan(0.94);
    expect(ratio(sum(actual), sum(expected))).toBeLessThan(1.06);
    const deviations = expected.map((mean, index) => ((actual[index] ?? 0) - mean) ** 2 / Math.max(mean, 0.5));
    // A Poisson count deviates by its mean: the average standardised square is near 1, far above if λ were ignored.
    expect(sum(deviations) / deviations.length).toBeLessThan(1.6);
  });

  test('lets customers drop out after a purchase with their own p', () => {
    const { population } = world.simulation.world;
    let expected = 0;
    let left = 0;
    for (let index = 0; index < population.acquired; index += 1) {
      expected += (population.purchases[index] ?? 0) * (population.dropout[index] ?? 0);
      if (!population.isActive(index)) left += 1;
    }
    expect(left).toBeGreaterThan(50);
    expect(ratio(left, expected)).toBeGreaterThan(0.75);
    expect(ratio(left, expected)).toBeLessThan(1.35);
  });

  test('lets each customer spend around its own mean', () => {
    const { population } = world.simulation.world;
    let expected = 0;
    let spent = 0;
    for (let index = 0; index < population.acquired; index += 1) {
      expected += (population.spendMean[index] ?? 0) * (population.purchases[index] ?? 0);
    }
    for (const values of totals.values()) spent += sum(values);
    expect(ratio(spent, expected)).toBeGreaterThan(0.97);
    expect(ratio(spent, expected)).toBeLessThan(1.03);
  });

  test('keeps its intensity by new customers', () => {
    const { population } = run({ customers: 2_000, count: 4_000 }).simulation.world;
    expect(population.acquired).toBeGreaterThan(1_200);
    expect(population.exhausted).toBe(false);
    expect(ratio(population.ratePerMs * DAY_MS, testOptions({}).purchasesPerDay)).toBeCloseTo(1, 1);
  });
});

test('when the customers are used up, the intensity falls instead of inventing customers', () => {
  const { simulation, messages } = run({ customers: 30, count: null, endMs: testOptions({}).startMs + 300_000 });
  expect(simulation.world.population.exhausted).toBe(true);
  expect(simulation.world.population.ratePerMs * DAY_MS).toBeLessThan(testOptions({}).purchasesPerDay * 0.5);
  const users = messages.map((message) => (JSON.parse(message.value) as { user_id: string }).user_id);
  expect(new Set(users).size).toBeLessThanOrEqual(30);
});

describe('the seasonal world', () => {
  test('is busier by day than at night, with a mean near 1 over a year', () => {
    const hours = Array.from({ length: 365 * 24 }, (_, hour) => intensityAt(Date.UTC(2026, 0, 1) + hour * 3_600_000));
    expect(sum(hours) / hours.length).toBeCloseTo(1, 1);
    expect(intensityAt(Date.UTC(2026, 5, 3, 20))).toBeGreaterThan(3 * intensityAt(Date.UTC(2026, 5, 3, 3)));
  });

  test('returns more, ties spend to frequency and lets people leave without a purchase', () => {
    const change = {
      kind: 'seasonal',
      count: 6_000,
      startMs: Date.UTC(2026, 9, 1, 12),
      purchasesPerDay: 20 * 86_400,
    } as const;
    const { simulation, messages } = run(change);
    const { population } = simulation.world;
    const returned = messages.filter((message) => message.value.includes('"order_status":"returned"')).length;
    const completed = messages.filter((message) => message.value.includes('"order_status":"completed"')).length;
    expect(returned / completed).toBeGreaterThan(0.08);
    const logs = Array.from({ length: population.acquired }, (_, i) => [
      Math.log(population.lambda[i] ?? 1),
      Math.log(population.spendMean[i] ?? 1),
    ]);
    expect(correlation(logs)).toBeGreaterThan(0.3);
    const leftUnseen = Array.from({ length: population.acquired }, (_, i) => i).filter(
      (i) => !population.isActive(i) && population.purchases[i] === 0,
    );
    expect(leftUnseen.length).toBeGreaterThan(0);
  });
});

function correlation(pairs: number[][]): number {
  const mean = (at: number): number => sum(pairs.map((pair) => pair[at] ?? 0)) / pairs.length;
  const [mx, my] = [mean(0), mean(1)];
  const product = (f: (x: number, y: number) => number): number =>
    sum(pairs.map(([x = 0, y = 0]) => f(x - mx, y - my)));
  return product((x, y) => x * y) / Math.sqrt(product((x) => x * x) * product((_, y) => y * y));
}

describe('the truth file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ebb-truth-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('holds what was drawn, one row per customer so far, and says of which world', async () => {
    const { simulation } = run({ count: 3_000 });
    const path = join(directory, 'sub', 'truth.parquet');
    writeTruth(path, simulation.world.population, testOptions({}), simulation.lastMs);
    const file = await asyncBufferFromFile(path);
    const rows = await parquetReadObjects({ file });
    const { population } = simulation.world;
    expect(rows).toHaveLength(population.acquired);
    const dead = rows.findIndex((row) => row['alive_until'] !== null);
    expect(rows[dead]).toMatchObject({
      lambda_per_day: population.lambda[dead],
      dropout: population.dropout[dead],
      spend_mean: population.spendMean[dead],
      purchases: population.purchases[dead],
      alive_until: new Date(Math.floor(population.aliveUntilMs[dead] ?? 0)),
    });
    const { key_value_metadata: metadata } = await parquetMetadataAsync(file);
    const values = new Map(metadata?.map((pair) => [pair.key, pair.value]));
    expect([values.get('world'), values.get('seed')]).toEqual(['bgnbd', '42']);
    expect(JSON.parse(values.get('parameters') ?? '{}')).toMatchObject({ r: 0.8, alpha: population.alpha });
  });
});
