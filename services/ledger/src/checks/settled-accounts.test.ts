import { expect, test } from 'vitest';
import { SettledAccounts } from './settled-accounts.ts';

const account = (from: number, checksum = 7n) => ({
  topic: 'website_events',
  partition: 2,
  minute: new Date(0),
  from_offset: from,
  to_offset: from + 10,
  messages: 10,
  new: 10,
  duplicate: 0,
  dead: 0,
  checksum,
  jumps: 0,
});

const froms = (accounts: readonly { from_offset: number }[]) => accounts.map(({ from_offset: from }) => from);

test('what was found right is not counted again, what was not is', () => {
  const settled = new SettledAccounts();
  const [right, wrong] = settled.open([account(0), account(10)], '0');
  expect(froms([right, wrong].flatMap((one) => one ?? []))).toEqual([0, 10]);
  settled.settle(account(0));
  expect(froms(settled.open([account(0), account(10), account(20)], '0'))).toEqual([10, 20]);
});

test('an account that says something else is counted again', () => {
  const settled = new SettledAccounts();
  settled.settle(account(0));
  expect(froms(settled.open([account(0, 8n)], ''))).toEqual([0]);
});

test('when a row was changed or deleted, everything is counted again, once', () => {
  const settled = new SettledAccounts();
  settled.open([account(0)], '5');
  settled.settle(account(0));
  expect(froms(settled.open([account(0)], '6'))).toEqual([0]);
  settled.settle(account(0));
  expect(froms(settled.open([account(0)], '6'))).toEqual([]);
});

test('accounts that are too old to be asked for are forgotten', () => {
  const settled = new SettledAccounts();
  settled.settle(account(0));
  settled.open([account(10)], '');
  expect(froms(settled.open([account(0)], ''))).toEqual([0]);
});
