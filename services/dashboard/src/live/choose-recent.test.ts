import { expect, test } from 'vitest';
import type { DeadLetter } from '../api/quality-schema.ts';
import type { RecentEvent, RecentKind } from '../api/recent-schema.ts';
import { chooseRecent } from './choose-recent.ts';

const NOTHING = { kind: null, source: null, type: null };

function event(kind: RecentKind, source: string, type: string, second: number): RecentEvent {
  const at = new Date(second * 1000).toISOString();
  const position = { topic: kind, partition: 0, offset: second };
  const empty = { page: null, product: null, device: null, order: null, status: null, amount: null, currency: null };
  return {
    kind,
    eventId: `${type}${second}`,
    source,
    type,
    happenedAt: at,
    receivedAt: at,
    storedAt: at,
    ...position,
    ...empty,
  };
}

function letter(id: string, kind: string, source: string | null): DeadLetter {
  const failedAt = new Date(0).toISOString();
  const rest = {
    code: 'invalid',
    service: 's',
    message: '',
    position: null,
    eventId: null,
    bytes: 1,
    replayedAt: null,
  };
  return { id, kind, source, failedAt, ...rest };
}

const LOOK = {
  atMs: 90_000,
  website: [event('website', 'shop', 'page_view', 50), event('website', 'outlet', 'search', 30)],
  purchases: [event('purchase', 'shop', 'order', 40)],
  letters: [letter('a', 'website', 'shop'), letter('b', 'purchase', null)],
};

test('both kinds together, the newest first, with everything there is to choose from', () => {
  const { events, ...rest } = chooseRecent(LOOK, NOTHING, 10);
  expect(events.map(({ eventId }) => eventId)).toEqual(['page_view50', 'order40', 'search30']);
  expect(rest).toMatchObject({
    lookedAt: '1970-01-01T00:01:30.000Z',
    looked: { website: 2, purchase: 1, letters: 2 },
    sources: ['outlet', 'shop'],
    types: ['order', 'page_view', 'search'],
  });
});

test('by kind and source: letters as well; by type: only events, whose kind decides which types there are', () => {
  const website = chooseRecent(LOOK, { ...NOTHING, kind: 'website', source: 'shop' }, 10);
  expect(website.events.map(({ eventId }) => eventId)).toEqual(['page_view50']);
  expect(website.letters.map(({ id }) => id)).toEqual(['a']);
  expect(website.types).toEqual(['page_view', 'search']);
  const orders = chooseRecent(LOOK, { ...NOTHING, type: 'order' }, 10);
  expect(orders.events.map(({ eventId }) => eventId)).toEqual(['order40']);
  expect(orders.letters).toHaveLength(2);
});

test('never more than asked for', () => {
  expect(chooseRecent(LOOK, NOTHING, 1)).toMatchObject({
    events: [{ eventId: 'page_view50' }],
    letters: [{ id: 'a' }],
  });
});
