import { DAY_MS, MINUTE_MS, SeededRandom } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { digestOf, int32At } from './digest.ts';
import { MemberCache, type MemberRequests } from './member-cache.ts';
import { webRow } from './testing/rows.ts';
import { DAY_WINDOW, WebWindows } from './windows.ts';

const START_MS = Date.UTC(2026, 10, 21, 23, 59);
const utcDay = (minuteIndex: number): number => Math.floor(minuteIndex / 1440);
const startDay = Math.floor(START_MS / DAY_MS);

function requestsOf(cache: MemberCache, ...rows: ReturnType<typeof webRow>[]): MemberRequests {
  const requests: MemberRequests = { members: [], sessions: [] };
  for (const row of rows) cache.note(row, utcDay, requests);
  return requests;
}

const summary = (requests: MemberRequests): string[] => [
  ...requests.members.map((r) => `user ${r.day - startDay}/${r.minute} ${r.source} ${r.session?.text ?? '-'}`),
  ...requests.sessions.map((r) => `session ${r.day - startDay}/${r.minute} ${r.source} ${r.session.text}`),
];

describe('WebWindows', () => {
  test('counts by type, in the minute and the business day, per source', () => {
    const windows = new WebWindows();
    const add = (minute: number, eventType: string, source = 'shop'): void =>
      windows.add(webRow({ eventTimeMs: START_MS + minute * MINUTE_MS, eventType, source }), utcDay);
    add(0, 'page_view');
    add(0, 'product_view');
    add(1, 'add_to_cart');
    add(0, 'page_view');
    add(0, 'page_view', 'outlet');
    const counts = windows
      .all()
      .map((w) => [w.day - startDay, w.minute, w.source, w.events, w.pageViews, w.productClicks]);
    expect(counts).toEqual(
      expect.arrayContaining([
        [0, 1439, 'shop', 3, 2, 1],
        [0, DAY_WINDOW, 'shop', 3, 2, 1],
        [1, 0, 'shop', 1, 0, 0],
        [1, DAY_WINDOW, 'shop', 1, 0, 0],
        [0, 1439, 'outlet', 1, 1, 0],
        [0, DAY_WINDOW, 'outlet', 1, 1, 0],
      ]),
    );
    expect(counts).toHaveLength(6);
  });
});

describe('MemberCache', () => {
  const at = (minute: number, userKey = 'u', sessionId: string | null = 's1') =>
    webRow({ eventTimeMs: START_MS + minute * MINUTE_MS, userKey, sessionId });

  test('asks for a user once per minute and day, and for each further session', () => {
    const cache = new MemberCache(10);
    expect(summary(requestsOf(cache, at(0), at(0), at(0, 'u', 's2'), at(0, 'u', null)))).toEqual([
      'user 0/1439 shop s1',
      'user 0/1440 shop s1',
      'session 0/1439 shop s2',
      'session 0/1440 shop s2',
    ]);
    expect(summary(requestsOf(cache, at(1, 'u', 's2')))).toEqual(['user 1/0 shop s2', 'user 1/1440 shop s2']);
  });

  test('asks again for windows it has left, for other sources, and after clear', () => {
    const cache = new MemberCache(10);
    requestsOf(cache, at(0), at(1));
    expect(summary(requestsOf(cache, at(0)))).toEqual(['user 0/1439 shop s1', 'user 0/1440 shop s1']);
    const outlet = webRow({ eventTimeMs: START_MS, userKey: 'u', sessionId: 's1', source: 'outlet' });
    expect(requestsOf(cache, outlet).members).toHaveLength(2);
    cache.clear();
    expect(cache.size).toBe(0);
    expect(requestsOf(cache, at(0)).members).toHaveLength(2);
  });

  test('stays within two generations of users, and keeps the recent ones', () => {
    const cache = new MemberCache(100);
    for (let index = 0; index < 1_000; index += 1) {
      requestsOf(cache, at(0, `user-${index}`), at(0, 'regular'));
      expect(cache.size).toBeLessThanOrEqual(200);
    }
    expect(requestsOf(cache, at(0, 'regular')).members).toEqual([]);
  });

  test('whatever the order, the union of what it asks for is every user and session of every window', () => {
    const random = new SeededRandom('members');
    const cache = new MemberCache(5);
    const wanted = new Set<string>();
    const asked = new Set<string>();
    const hashed = new Map(
      Array.from({ length: 12 }, (_, n) => [int32At(digestOf(`shop|user-${n}`), 0), `user-${n}`] as const),
    );
    for (let index = 0; index < 3_000; index += 1) {
      const row = at(random.int(4), `user-${random.int(12)}`, random.bool(0.2) ? null : `s-${random.int(3)}`);
      const { userKey, sessionId, eventTimeMs } = row.event;
      const minuteIndex = Math.floor(eventTimeMs / MINUTE_MS);
      for (const window of [`${utcDay(minuteIndex)}/${minuteIndex % 1440}`, `${utcDay(minuteIndex)}/1440`]) {
        wanted.add(`${window} ${userKey}`);
        if (sessionId !== null) wanted.add(`${window} ${userKey} ${sessionId}`);
      }
      const { members, sessions } = requestsOf(cache, row);
      for (const request of [...members, ...sessions]) {
        asked.add(`${request.day}/${request.minute} ${hashed.get(request.member.a)}`);
        if (request.session)
          asked.add(`${request.day}/${request.minute} ${hashed.get(request.member.a)} ${request.session.text}`);
      }
    }
    expect([...asked].toSorted()).toEqual([...wanted].toSorted());
  });
});
