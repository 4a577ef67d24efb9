import { DAY_MS } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { masterIdChunks } from '../master/master-ids.ts';
import { CrmClock } from './crm-clock.ts';
import type { CrmCustomer } from './crm-customer.ts';
import type { CrmKind } from './crm-profile.ts';
import { type CrmStep, CrmWorld } from './crm-world.ts';
import { leavingPerDay, standingHazard } from './life.ts';
import { acceptanceProbability } from './offers.ts';
import { CRM_TABLES, type CrmChange, hoursBetween } from './rows.ts';

const START_MS = Date.UTC(2026, 9, 1, 15);

function worldOf(options: { seed?: string; kind?: CrmKind; customers?: number; historyDays?: number; rate?: number }): {
  world: CrmWorld;
  calendar: CrmClock;
} {
  const { seed = '42', kind = 'shop', customers = 300, historyDays = 120, rate = 10 } = options;
  const calendar = new CrmClock({ startMs: START_MS, historyDays, rate });
  return { world: new CrmWorld({ seed, kind, customers, historyDays, startMs: START_MS }, calendar), calendar };
}

function take(world: CrmWorld, steps: number): CrmStep[] {
  return Array.from({ length: steps }, () => world.next());
}

/** Everything up to the live part. */
function history(world: CrmWorld): CrmChange[] {
  const changes: CrmChange[] = [];
  for (;;) {
    const step = world.next();
    if (step.isLive) return changes;
    changes.push(...step.changes);
  }
}

describe('a world of customers', () => {
  test('is the same for the same seed, another for another', () => {
    const changesOf = (seed: string): string => JSON.stringify(take(worldOf({ seed }).world, 3_000));
    expect(changesOf('42')).toBe(changesOf('42'));
    expect(changesOf('42')).not.toBe(changesOf('43'));
  });

  test('has the master ids of the shop as its customers, the first ones first', () => {
    const changes = history(worldOf({ seed: '7', customers: 200, historyDays: 30 }).world);
    const joined = new Set(changes.flatMap((c) => (c.op === 'insert' && c.table === 'customers' ? [c.id] : [])));
    const ids = [...masterIdChunks('7', 400)].join('').matchAll(/"user_id":"([^"]+)"/g);
    const master = [...ids].map((match) => match[1] ?? '');
    expect(master.slice(0, 200).every((id) => joined.has(id))).toBe(true);
    expect([...joined].every((id) => master.includes(id))).toBe(true);
  });

  test('never changes a row that is not there, nor writes one twice', () => {
    const { world } = worldOf({ kind: 'bank', customers: 200, historyDays: 400 });
    const rows = new Set<string>();
    const owned = new Map<string, number>();
    const wrong: string[] = [];
    for (const change of take(world, 60_000).flatMap((step) => step.changes)) {
      const key = change.op === 'delete_all' ? '' : `${change.table}/${change.id}`;
      const owner = `${change.table}/${change.customerId}`;
      const count = owned.get(owner) ?? 0;
      const isRight = change.op === 'delete_all' ? change.rows === count : rows.has(key) === (change.op !== 'insert');
      if (!isRight) wrong.push(`${change.op} ${key}`);
      if (change.op === 'insert') rows.add(key);
      if (change.op === 'delete') rows.delete(key);
      owned.set(
        owner,
        change.op === 'delete_all' ? 0 : count + Number(change.op === 'insert') - Number(change.op === 'delete'),
      );
    }
    expect(wrong).toEqual([]);
    expect(world.customers.filter((customer) => customer.isErased).length).toBeGreaterThan(5);
  });

  test('holds every kind of change: deletes, rows put back, edits without a difference, many in one transaction', () => {
    const steps = take(worldOf({ customers: 500 }).world, 60_000);
    const kinds = new Set(steps.flatMap((step) => step.changes.map(({ op, table }) => `${op} ${table}`)));
    for (const kind of ['insert', 'update', 'delete']) {
      for (const table of Object.keys(CRM_TABLES)) {
        // Statements are corrected by writing them again and go with their customer.
        if (`${kind} ${table}` === 'delete usage_logs') continue;
        expect(kinds).toContain(`${kind} ${table}`);
      }
    }
    expect(kinds).toContain('delete_all usage_logs');
    const rewritten = steps.some(({ changes }) => changes[0]?.op === 'delete' && changes[1]?.op === 'insert');
    expect(rewritten).toBe(true);
    expect(Math.max(...steps.filter((step) => step.isLive).map((step) => step.rows))).toBeGreaterThanOrEqual(40);
  });

  test('in its live part makes one row change every 1/rate seconds, however much that is', () => {
    const { world } = worldOf({ customers: 50, historyDays: 1, rate: 500 });
    history(world);
    const before = world.rows;
    const steps = take(world, 5_000);
    const rows = world.rows - before;
    const seconds = ((steps.at(-1)?.timeMs ?? 0) - START_MS) / 1_000;
    expect(seconds).toBeCloseTo(rows / 500, 0);
    expect(steps.every((step, index) => step.timeMs >= (steps[index - 1]?.timeMs ?? 0))).toBe(true);
  });

  test('goes on after a pause with the same rows and new times', () => {
    const whole = take(worldOf({ customers: 50, historyDays: 5 }).world, 4_000);
    const { world, calendar } = worldOf({ customers: 50, historyDays: 5 });
    take(world, 3_000);
    calendar.anchor({ rows: world.rows, timeMs: START_MS + DAY_MS, rate: 10 });
    const rest = take(world, 1_000);
    const shape = (steps: CrmStep[]): unknown => steps.map((step) => step.changes.map(({ op, table }) => [op, table]));
    expect(shape(rest)).toEqual(shape(whole.slice(3_000)));
    expect(rest[0]?.timeMs).toBe(START_MS + DAY_MS);

    const again = new CrmClock({ startMs: START_MS, historyDays: 5, rate: 10 }, calendar.anchors);
    const repeated = new CrmWorld(
      { seed: '42', kind: 'shop', customers: 50, historyDays: 5, startMs: START_MS },
      again,
    );
    expect(take(repeated, 4_000).slice(3_000)).toEqual(rest);
  });
});

describe('the truth', () => {
  const { world } = worldOf({ kind: 'bank', seed: 'truth', customers: 4_000, historyDays: 365 });
  const changes = history(world);
  const { profile } = world;
  const BEGIN_MS = START_MS - 365 * DAY_MS;

  test('decides who leaves: as many as their hazards add up to, by age and by region', () => {
    const groups: Record<string, (age: number, geography: string) => boolean> = {
      all: () => true,
      young: (age) => age < 30,
      middle: (age) => age >= 30 && age <= 45,
      Qatar: (_age, geography) => geography === 'Qatar',
      UAE: (_age, geography) => geography === 'UAE',
    };
    const rates: Record<string, number> = {};
    for (const [name, belongs] of Object.entries(groups)) {
      const members = world.customers.filter(({ traits }) => belongs(traits.age, traits.geography));
      const left = members.filter((one) => one.closedMs !== null);
      // Tickets only ever raise the hazard, by half on average at most.
      const expected = members.reduce((sum, one) => {
        const from = Math.max(BEGIN_MS, one.openedMs);
        return sum + (standingHazard(one, profile) * ((one.closedMs ?? START_MS) - from)) / DAY_MS;
      }, 0);
      expect(left.length, name).toBeGreaterThan(expected * 0.85);
      expect(left.length, name).toBeLessThan(expected * 1.6);
      rates[name] = left.length / members.length;
    }
    expect(rates['young']).toBeGreaterThan(1.7 * (rates['middle'] ?? 1));
    expect(rates['Qatar']).toBeGreaterThan(1.4 * (rates['UAE'] ?? 1));
  });

  test('makes leaving likelier with each ticket, most with severe ones, and less as they age', () => {
    const customer = worldOf({}).world;
    customer.next();
    const one = customer.customers[0];
    if (one === undefined) throw new Error('no customer');
    const calm = leavingPerDay(one, 10, profile);
    one.addBurden(10, 1);
    expect(leavingPerDay(one, 10, profile) / calm).toBeCloseTo(Math.E, 5);
    expect(leavingPerDay(one, 70, profile) / calm).toBeCloseTo(Math.exp(0.5), 5);
    const firstTicket = new Map<string, number>();
    const firstSevere = new Map<string, number>();
    for (const change of changes) {
      if (change.op !== 'insert' || change.table !== 'support_tickets') continue;
      const openedMs = Date.parse(String(change.values['opened_at']));
      if (!firstTicket.has(change.customerId)) firstTicket.set(change.customerId, openedMs);
      const isSevere = change.values['severity'] === 'High' && !firstSevere.has(change.customerId);
      if (isSevere) firstSevere.set(change.customerId, openedMs);
    }
    // Leavers within a span of each customer's life, per leaver that age, region and balance alone explain.
    const ratio = (span: (one: CrmCustomer) => readonly [number, number] | null): number => {
      let [left, expected] = [0, 0];
      for (const one of world.customers) {
        const [fromMs, toMs] = span(one) ?? [0, 0];
        const endMs = Math.min(toMs, one.closedMs ?? START_MS);
        expected += (standingHazard(one, profile) * Math.max(0, endMs - fromMs)) / DAY_MS;
        left += Number(one.closedMs !== null && one.closedMs >= fromMs && one.closedMs <= toMs);
      }
      return left / expected;
    };
    const calmRatio = ratio((one) => [Math.max(BEGIN_MS, one.openedMs), firstTicket.get(one.id) ?? START_MS]);
    const troubledRatio = ratio((one) => {
      const openedMs = firstSevere.get(one.id);
      return openedMs === undefined ? null : [openedMs, openedMs + 60 * DAY_MS];
    });
    expect(calmRatio).toBeGreaterThan(0.85);
    expect(calmRatio).toBeLessThan(1.15);
    // exp(1) fading to exp(1/2) in 60 days: twice on average.
    expect(troubledRatio).toBeGreaterThan(1.6 * calmRatio);
  });

  test('decides which offers are accepted', () => {
    const types = new Map<string, { n: number; accepted: number; expected: number }>();
    const offers = new Map<string, { type: string; propensity: number }>();
    const propensity = new Map(world.customers.map(({ id, traits }) => [id, traits.offerPropensity]));
    for (const change of changes) {
      if (change.table !== 'offers') continue;
      if (change.op === 'insert') {
        offers.set(change.id, {
          type: String(change.values['offer_type']),
          propensity: propensity.get(change.customerId) ?? 0,
        });
      }
      if (change.op !== 'update') continue;
      const offer = offers.get(change.id);
      const effect = profile.offers.find(([name]) => name === offer?.type)?.[1] ?? 0;
      const sums = types.get(offer?.type ?? '') ?? { n: 0, accepted: 0, expected: 0 };
      sums.n += 1;
      sums.accepted += Number(change.values['accepted']);
      sums.expected += acceptanceProbability(offer?.propensity ?? 0, effect);
      types.set(offer?.type ?? '', sums);
    }
    expect(types.size).toBe(5);
    for (const [type, { n, accepted, expected }] of types) {
      // Five standard errors of a share.
      expect(Math.abs(accepted - expected), type).toBeLessThan(5 * Math.sqrt(n / 4));
    }
  });
});

test('hours are rounded as Postgres rounds them', () => {
  expect(hoursBetween(0, 3_600_000)).toBe('1.00');
  expect(hoursBetween(0, 18_000)).toBe('0.01');
  expect(hoursBetween(0, 17_999)).toBe('0.00');
  expect(hoursBetween(0, 54_000)).toBe('0.02');
  expect(hoursBetween(0, 86_400_000)).toBe('24.00');
});
