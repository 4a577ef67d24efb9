import { expect, test } from 'vitest';
import { tablesAfter } from '../testing/crm-tables.ts';
import { groupChanges } from './change-groups.ts';
import { CrmClock } from './crm-clock.ts';
import { CrmWorld } from './crm-world.ts';
import type { CrmChange } from './rows.ts';

const START_MS = Date.UTC(2026, 9, 1);
/** Longer than any database would be given at once, so that everything that depends on something is in it. */
const CHANGES = 8_000;

function someChanges(): CrmChange[] {
  const options = { seed: 'groups', kind: 'shop' as const, customers: 150, historyDays: 200, startMs: START_MS };
  const world = new CrmWorld(options, new CrmClock({ ...options, rate: 100 }));
  const changes: CrmChange[] = [];
  while (changes.length < CHANGES) changes.push(...world.next().changes);
  return changes;
}

test('a transaction in few statements leaves what its changes leave one by one', () => {
  const changes = someChanges();
  const groups = groupChanges(changes);
  expect(groups.length).toBeLessThan(changes.length / 10);
  const regrouped = groups.flatMap((group) => group.changes);
  expect(regrouped).toHaveLength(changes.length);
  expect(tablesAfter(regrouped)).toEqual(tablesAfter(changes));
});

test('no row comes before its customer, nor stays after it', () => {
  const present = new Set<string>();
  const homeless: string[] = [];
  for (const { op, table, customerId } of groupChanges(someChanges()).flatMap((group) => group.changes)) {
    if (table === 'customers' && op === 'insert') present.add(customerId);
    if (table !== 'customers' && op === 'insert' && !present.has(customerId))
      homeless.push(`${table} of ${customerId}`);
    if (table === 'customers' && op === 'delete') present.delete(customerId);
  }
  expect(homeless).toEqual([]);
});

test('changes of one kind become one statement', () => {
  const insert = (id: string): CrmChange => ({ op: 'insert', table: 'offers', customerId: 'a', id, values: { x: 1 } });
  expect(groupChanges([insert('1'), insert('2'), insert('3')])).toMatchObject([{ op: 'insert', rows: 3 }]);
  const put: CrmChange = { op: 'delete', table: 'offers', customerId: 'a', id: '1' };
  expect(groupChanges([insert('1'), put, insert('1'), insert('2')]).map(({ op, rows }) => [op, rows])).toEqual([
    ['insert', 2],
    ['delete', 1],
    ['insert', 1],
  ]);
});
