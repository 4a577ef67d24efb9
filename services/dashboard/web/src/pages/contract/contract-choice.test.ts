import { expect, test } from 'vitest';
import { contractPath, holds, readContractChoice } from './contract-choice.ts';

test('the choice is read from the address', () => {
  expect(readContractChoice(new URLSearchParams('?text=order&part=marts'))).toEqual({ text: 'order', part: 'marts' });
  expect(readContractChoice(new URLSearchParams('?part=everything'))).toEqual({ text: '', part: null });
});

test.each([
  ['table:marts.daily_revenue', '/contract?text=daily_revenue'],
  ['topic:website_events', '/contract?text=website_events'],
  ['topic:cdc.crm.customers', '/contract?text=crm.customers'],
  ['table:postgres.sales.orders', '/contract?text=sales.orders'],
  ['table:postgres.kpi.web_day', null],
  ['table:staging.stg_orders', null],
  ['service:cdc-sink', null],
])('the contract of %s is at %s', (id, path) => {
  expect(contractPath({ id })).toBe(path);
});

test('what is looked for is found in any text, whatever the case', () => {
  expect(holds(['daily_revenue', 'Net amount'], ' NET ')).toBe(true);
  expect(holds(['daily_revenue'], 'orders')).toBe(false);
  expect(holds(['x'], '')).toBe(true);
});
