import { describe, expect, it } from 'vitest';
import { positionsIn } from '../membership.ts';
import { profileReport } from '../profiles.ts';
import { someBehaviour } from '../testing/some-behaviour.ts';
import { behaviourDrift, scoreBehaviour } from './behaviour-model.ts';
import { type BehaviourTable, behaviourTable } from './behaviour-table.ts';
import { type BehaviourInput, type BehaviourRun, clusterBehaviour, publishedBehaviour } from './cluster-behaviour.ts';

const stamp = { runId: 'r', analysedAt: '2026-11-01T18:00:00.000Z' };
const options = { ks: [2, 3, 4, 5, 6], nInit: 4 };
const run = (table: BehaviourTable, given: Partial<BehaviourInput> = {}): BehaviourRun =>
  clusterBehaviour({ table, asked: null, published: null, stamp, options, ...given });

const table = someBehaviour(400);
const first = run(table);
const published = publishedBehaviour(first);

function inOtherOrder({ customers, columns, isClosed }: BehaviourTable): BehaviourTable {
  const turned = (values: Float64Array): Float64Array => values.toReversed();
  return behaviourTable({
    customers: customers.toReversed(),
    columns: new Map([...columns].map(([name, values]) => [name, turned(values)])),
    isClosed: isClosed.toReversed(),
  });
}

describe('clusters of behaviour', () => {
  it('finds the kinds, and gives each a name that says what they do, and one thing to do about it', () => {
    expect(first.model.k).toBe(4);
    expect(first.gate).toMatchObject({ isHeld: false });
    const nameAt = (row: number): string | undefined =>
      first.model.named.find(({ cluster }) => cluster === first.segments[row])?.name;
    expect([0, 1, 2, 3].map(nameAt)).toEqual([
      expect.stringMatching(/^(Keen visitors|Visitors) who never bought/),
      expect.stringMatching(/^Regular customers/),
      expect.stringMatching(/^Enthusiasts/),
      'Silent accounts',
    ]);
    expect(new Set(first.model.named.map(({ recommendation }) => recommendation)).size).toBe(4);
    expect(first.model.named[0]?.description).toMatch(/\d+\.\d\d \(all: \d+\.\d\d\)/);
  });

  it('keeps never bought apart from bought today', () => {
    const { used, flags, features } = first.model;
    expect(used).toContain('days_since_last_purchase');
    expect(flags).toEqual(['has_bought']);
    expect(features.at(-1)).toBe('has_bought');
    const lookers = first.model.profiles.find(({ cluster }) => cluster === first.segments[0]);
    const figures = new Map(lookers?.features.map((figure) => [figure.feature, figure]));
    expect(figures.get('days_since_last_purchase')).toMatchObject({ average: null, known: 0 });
    expect(figures.get('has_bought')).toMatchObject({ average: 0, known: 100 });
  });

  it('says of every feature that it does not use why', () => {
    const unused = first.model.leftOut.map(({ feature }) => feature);
    expect([...first.model.used, ...unused]).toHaveLength(new Set([...first.model.used, ...unused]).size);
    expect(first.model.leftOut).toContainEqual({ feature: 'total_searches', reason: 'the marts have no such column' });
    const constant = someBehaviour(100, { change: (name, value) => (name === 'sessions' ? 7 : value) });
    expect(run(constant).model.leftOut).toContainEqual({
      feature: 'sessions',
      reason: 'everybody who has a value has 7',
    });
  });

  it('changes nobody for another order of rows, and renames nothing for another seed', () => {
    expect(run(inOtherOrder(table))).toEqual(first);
    const reseeded = run(table, { published, options: { ...options, seed: 7 } });
    expect(reseeded.segments).toEqual(first.segments);
    expect(reseeded.comparison).toMatchObject({ moved: 0, births: [], deaths: [], renames: [] });
    expect(run(table, { options: { ...options, seed: 7 } }).model.named).toEqual(first.model.named);
  });

  it('is found without components too', () => {
    expect(run(table, { options: { ...options, components: null } }).segments).toEqual(first.segments);
  });

  it('counts closed accounts, and puts them into no cluster', () => {
    const closed = run(someBehaviour(400, { isClosed: (row) => row % 10 === 0 }));
    expect(closed.customers).toHaveLength(360);
    const rows = closed.model.profiles.map(({ cluster, rowsInCluster }) => [cluster, rowsInCluster]);
    expect(rows.at(-1)).toEqual([null, 40]);
    expect(rows.reduce((sum, [, count]) => sum + (count ?? 0), 0)).toBe(400);
  });
});

describe('the next run', () => {
  it('keeps names and numbers, and reports what grew and shrank', () => {
    const grown = run(someBehaviour(460, { seed: 2 }), { published });
    expect(grown.gate).toMatchObject({ isHeld: false });
    expect(grown.comparison).toMatchObject({ births: [], deaths: [], renames: [], customersKept: 400 });
    expect(grown.model.named.map(({ cluster, name }) => [cluster, name])).toEqual(
      first.model.named.map(({ cluster, name }) => [cluster, name]),
    );
    expect(profileReport(grown.comparison?.changes ?? [])).toEqual(
      first.model.named.map(({ name }) => expect.stringMatching(`^${name} grew by 15 \\(\\+15.0 %\\) to 115: `)),
    );
    const kept = positionsIn(first.customers, grown.customers).filter((position) => position !== -1);
    expect(kept).toHaveLength(400);
    const all = grown.comparison?.migration.reduce((sum, { customers }) => sum + customers, 0);
    expect(all).toBe(460);
  });

  it('raises the alert and is held where everybody has changed', () => {
    const shifted = run(someBehaviour(400, { later: 200 }), { published });
    expect(shifted.comparison?.drift.isAlert).toBe(true);
    expect(shifted.gate.reasons).toContainEqual(expect.stringMatching(/^drift: .*days_since_last_purchase/));
    const sameModel = run(someBehaviour(200), { published });
    expect(sameModel.gate.reasons).toContainEqual(expect.stringMatching(/^customers lost: 50/));
  });

  it('fails without a feature of the published run, and begins a new line of clusters only by hand', () => {
    const without = { ...table, columns: new Map([...table.columns].filter(([name]) => name !== 'sessions')) };
    expect(() => run(without, { published })).toThrow(/no column sessions, which the published run has/);
    expect(() => run(without, { asked: ['sessions', 'total_orders'] })).toThrow(
      /no column sessions, which was asked for/,
    );
    expect(() => run(table, { asked: ['unique_sessions'] })).toThrow(/"unique_sessions" is no feature of behaviour/);
    const other = run(table, { published, asked: ['total_orders', 'total_spend', 'sessions'] });
    expect(other.comparison).toBeNull();
    expect(other.gate.reasons).toEqual([expect.stringMatching(/^features: a new line .*without avg_order_value/)]);
    expect(Math.min(...other.segments)).toBeGreaterThanOrEqual(first.model.nextId);
    const next = run(table, {
      published: publishedBehaviour(other),
      asked: ['sessions', 'total_spend', 'total_orders'],
    });
    expect(next.gate).toMatchObject({ isHeld: false });
    expect(next.segments).toEqual(other.segments);
  });
});

describe('a model alone', () => {
  it('gives the customers it learned from the clusters that its run gave them', () => {
    expect(scoreBehaviour(first.model, table)).toEqual({ customers: first.customers, segments: first.segments });
    expect(behaviourDrift(first.model, table).every(({ psi }) => psi === 0)).toBe(true);
  });

  it('tells customers who are others', () => {
    const alerts = behaviourDrift(first.model, someBehaviour(400, { later: 200 })).filter(({ isAlert }) => isAlert);
    expect(alerts.map(({ name }) => name)).toContain('days_since_last_purchase');
  });
});

describe('customers who cannot be clustered', () => {
  const with_ = (name: string, value: number) => (): BehaviourRun =>
    run(someBehaviour(40, { change: (feature, drawn, row) => (feature === name && row === 9 ? value : drawn) }));

  it.each([
    ['nobody', () => run(someBehaviour(0)), /none has an open account/],
    ['only closed accounts', () => run(someBehaviour(9, { isClosed: () => true })), /of 9 customers none/],
    ['one', () => run(someBehaviour(1)), /1 customers who are all equal/],
    ['three, and k up to 6', () => run(someBehaviour(3)), /3 customers cannot be put/],
    ['all equal', () => run(someBehaviour(40, { change: () => 5 })), /40 customers who are all equal/],
    ['a spend that is missing', with_('total_spend', Number.NaN), /total_spend of customer "10009" is NaN/],
    [
      'an order value that is missing',
      with_('avg_order_value', Number.NaN),
      /avg_order_value of customer "10009" is NaN/,
    ],
    ['a figure without end', with_('sessions', Number.POSITIVE_INFINITY), /sessions of customer "10009" is Infinity/],
  ])('%s: an error that says so', (_, work, message) => {
    expect(work).toThrow(message);
  });

  it('one customer twice, and columns too short', () => {
    const columns = new Map([['sessions', Float64Array.of(1, 2)]]);
    const isClosed = new Uint8Array(2);
    expect(() => behaviourTable({ customers: ['a', 'a'], columns, isClosed })).toThrow(/"a" is there twice/);
    expect(() => behaviourTable({ customers: ['a'], columns, isClosed })).toThrow(/2 values of sessions for 1/);
  });
});
