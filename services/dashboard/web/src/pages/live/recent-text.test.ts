import { expect, test } from 'vitest';
import type { RecentEvent } from '../../api-types.ts';
import { aboutText } from './recent-text.ts';

const AT = '2026-03-14T10:00:00.000Z';
const EMPTY: RecentEvent = {
  kind: 'website',
  eventId: 'e1',
  source: 'shop',
  type: 'page_view',
  happenedAt: AT,
  receivedAt: AT,
  storedAt: AT,
  topic: 'website_events',
  partition: 0,
  offset: 1,
  page: null,
  product: null,
  device: null,
  order: null,
  status: null,
  amount: null,
  currency: null,
};

test('tells what there is, and nothing of what is not', () => {
  expect(aboutText(EMPTY)).toBe('');
  expect(aboutText({ ...EMPTY, page: '/p/7', product: 'P7', device: 'Mobile' })).toBe('/p/7 · product P7 · Mobile');
  expect(aboutText({ ...EMPTY, order: 'o1', status: 'shipped', amount: '12.5', currency: 'GBP' })).toMatch(
    /^order o1 · shipped · .*12\.50/,
  );
});
