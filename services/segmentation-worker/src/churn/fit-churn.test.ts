import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DAY_MS, SeededRandom } from '@ebb/core';
import type { TextTable } from '@ebb/customer-models';
import { TELCO_CHURN } from '@ebb/datasets';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FactColumns } from '../features/fact-source.ts';
import type { PurchaseColumns } from '../features/purchase-source.ts';
import { someOrderDays } from '../testing/order-days.ts';
import { churnHeldReasons } from './churn-gate.ts';
import { churnModelFile, churnModelFileOf, scoreByFile } from './churn-model-file.ts';
import { decilesOf, figuresOf } from './churn-tables.ts';
import { type ChurnRun, fitChurn } from './fit-churn.ts';

const AS_OF = '2026-03-31';
const asOfDay = Date.parse(`${AS_OF}T00:00:00Z`) / DAY_MS;
const noFacts: FactColumns = {
  customers: [],
  features: [],
  numbers: new Float64Array(),
  texts: [],
  knownAtMs: new Float64Array(),
};

function purchases(customers: number): PurchaseColumns {
  const rows = someOrderDays(customers, AS_OF);
  return {
    customers: rows.map((row) => row.customer_id),
    days: Float64Array.from(rows, (row) => Date.parse(row.order_day) / DAY_MS),
    amounts: Float64Array.from(rows, (row) => Math.round(Number(row.amount) * 10_000)),
  };
}

/** The file has no quotes. */
function telco(): TextTable {
  const [header = '', ...lines] = gunzipSync(readFileSync(TELCO_CHURN.path)).toString().trim().split(/\r?\n/);
  return { columns: header.split(','), rows: lines.map((line) => line.split(',')) };
}

const figures = ({ backTest, probabilities }: ChurnRun) => ({ ...backTest.report, scored: probabilities.length });

describe('customers of a shop', () => {
  const input = {
    from: 'orders',
    purchases: purchases(1_500),
    asOfDay,
    horizonDays: 90,
    facts: noFacts,
    leaveOut: [],
  } as const;
  let run: ChurnRun;
  beforeAll(() => {
    run = fitChurn(input);
  }, 60_000);

  it('are scored by a model that ranks no worse than silence or P(alive) alone on customers of a later day', () => {
    const { rocAuc, ece, scored } = figures(run);
    const { days_since_last_purchase: silence = 1, probability_alive: alive = 1 } = run.backTest.baselines;
    expect(run.backTest.by).toBe('time');
    expect(scored).toBe(1_500);
    expect(rocAuc).toBeGreaterThan(Math.max(silence, alive) - 0.01);
    expect(rocAuc).toBeGreaterThan(0.75);
    expect(ece).toBeLessThan(0.06);
    expect(churnHeldReasons(run, 90, null)).toEqual([]);
  });

  it('have an interval around each score and reasons that are features', () => {
    const { low, high } = run.intervals;
    const inside = run.probabilities.filter((score, row) => (low[row] ?? 2) <= score && score <= (high[row] ?? -1));
    expect(inside).toHaveLength(1_500);
    const names = new Set(run.scored.features.map(({ name }) => name));
    expect(names).toContain('probability_alive');
    expect(
      run.reasons.every(({ raising, lowering }) =>
        [...raising, ...lowering].every(({ feature }) => names.has(feature)),
      ),
    ).toBe(true);
  });

  it('are scored alike by the model file, which JSON keeps to the last bit, and by another run', () => {
    const kept = churnModelFile.parse(
      JSON.parse(JSON.stringify(churnModelFileOf(run.model, run.scored.features, 'x'))),
    );
    expect(scoreByFile(kept, run.scored.features)).toEqual(run.probabilities);
    expect(fitChurn(input)).toEqual(run);
  }, 60_000);

  it('cannot be learned from where all churned, and the message says of which day', () => {
    const silent = { customers: ['a', 'b', 'c'], days: Float64Array.of(1, 2, 3), amounts: Float64Array.of(1, 1, 1) };
    expect(() => fitChurn({ ...input, purchases: silent, asOfDay: 400 })).toThrow(
      expect.objectContaining({
        code: 'NO_FEATURES',
        message: expect.stringContaining('of 3 customers as of 1970-08-09, 3 churned'),
      }),
    );
  });
});

describe('facts of customers', () => {
  const bought = purchases(600);
  const random = new SeededRandom('facts');
  const customers = [...new Set(bought.customers)];
  const facts = {
    customers,
    features: customers.map(() => 'lucky number'),
    numbers: Float64Array.from(customers, () => random.int(10)),
    texts: customers.map(() => null),
    knownAtMs: new Float64Array(customers.length).fill((asOfDay - 400) * DAY_MS),
  };
  const input = { from: 'orders', purchases: bought, asOfDay, horizonDays: 90, leaveOut: [] } as const;

  it('become features where they were known in time; what was known too late for the earlier days is left out and said so', () => {
    const late = { ...facts, knownAtMs: facts.knownAtMs.map(() => (asOfDay - 120) * DAY_MS) };
    expect(fitChurn({ ...input, facts }).scored.features.map(({ name }) => name)).toContain('lucky number');
    const run = fitChurn({ ...input, facts: late });
    expect(run.scored.features.map(({ name }) => name)).not.toContain('lucky number');
    expect(run.remarks).toEqual(['left out: lucky number (not known on every day that is learned from)']);
  }, 60_000);

  it('are refused where only the future knows them', () => {
    const planted = { ...facts, knownAtMs: facts.knownAtMs.map(() => (asOfDay - 30) * DAY_MS) };
    expect(() => fitChurn({ ...input, facts: planted })).toThrow(expect.objectContaining({ code: 'LEAKAGE' }));
  });
});

describe('a labelled table', () => {
  const columns = { label: 'Churn', id: 'customerID' };

  it("is ranked as well as scikit-learn's logistic regression does (0.845), and its probabilities hold", () => {
    const run = fitChurn({ from: 'table', table: telco(), columns, asOfDay });
    const { rocAuc, ece, scored } = figures(run);
    expect(rocAuc).toBeGreaterThan(0.84);
    expect(ece).toBeLessThan(0.03);
    expect(scored).toBe(7_043);
    expect(run.backTest.by).toBe('folds');
    expect(churnHeldReasons(run, 0, null)).toEqual([]);
    expect([...figuresOf(run.scored.features).keys()]).toContain('Contract = Month-to-month');
  }, 120_000);

  const small = (churned: (row: number) => string, columns_ = ['id', 'calls', 'Churn']): TextTable => ({
    columns: columns_,
    rows: Array.from({ length: 40 }, (_, row) => [`c${row}`, String(row % 7), churned(row)]),
  });
  it.each([
    [small(() => 'Yes'), 'ONE_CLASS'],
    [small((row) => (row === 4 ? 'nan' : 'Yes')), 'BLANK_LABEL'],
    [{ ...small(() => 'Yes'), rows: [] }, 'EMPTY_TABLE'],
    [small((row) => (row % 2 === 0 ? 'Yes' : 'No'), ['id', 'calls', 'Gone']), 'UNKNOWN_COLUMN'],
  ])('%#: is refused where nothing can be learned', (table, code) => {
    expect(() => fitChurn({ from: 'table', table, columns: { label: 'Churn', id: 'id' }, asOfDay })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

it('of a text only the common values become figures of their own', () => {
  const values = [...Array.from({ length: 300 }, (_, row) => `rare ${row}`), 'often', 'often', null];
  const figures_ = figuresOf([{ kind: 'categorical', name: 'city', values }]);
  expect(figures_.size).toBe(100);
  expect([...(figures_.get('city = often') ?? [])].filter((value) => value === 1)).toHaveLength(2);
});

it('a tenth of the customers stands in each decile, the highest scores in the first', () => {
  expect([...decilesOf(Float64Array.from({ length: 20 }, (_, row) => row))]).toEqual(
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].flatMap((decile) => [decile, decile]),
  );
  expect([...decilesOf(Float64Array.of(0.1, 0.9))]).toEqual([6, 1]);
});
