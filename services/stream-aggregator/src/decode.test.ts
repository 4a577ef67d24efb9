import { DEFAULT_POLICY, encodePurchaseEvent, encodeWebEvent, HEADERS, PolicyBook } from '@ebb/contracts';
import { DAY_MS, MINUTE_MS } from '@ebb/core';
import { describe, expect, test } from 'vitest';
import { BatchDecoder } from './decode.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const book = new PolicyBook([DEFAULT_POLICY]);
const id = { topic: 'website', partition: 3 };

function message(value: string | null, offset = 7, headers: Record<string, string> = {}) {
  return { offset, timestampMs: NOW_MS, value: value === null ? null : Buffer.from(value), headers };
}

function pageView(eventTimeMs: number): string {
  return encodeWebEvent({ eventId: 'e', eventTimeMs, eventType: 'page_view', pageUrl: '/', userId: 'u' });
}

describe('BatchDecoder', () => {
  test('an accepted event keeps its position and gives its time, not beyond the Kafka time', () => {
    const decoder = new BatchDecoder(book, NOW_MS);
    expect(decoder.add('website', id, message(pageView(NOW_MS - 5)))).toBe(NOW_MS - 5);
    expect(decoder.add('website', id, message(pageView(NOW_MS + MINUTE_MS)))).toBe(NOW_MS);
    expect(decoder.web[0]).toMatchObject({ partition: 3, offset: 7, kafkaTimeMs: NOW_MS, event: { eventId: 'e' } });
  });

  test('a purchase is timed by its status', () => {
    const decoder = new BatchDecoder(book, NOW_MS);
    const value = encodePurchaseEvent({
      eventId: 'e',
      orderId: 'o',
      status: 'completed',
      purchaseTimeMs: NOW_MS - 3 * DAY_MS,
      statusTimeMs: NOW_MS - 1,
      currency: 'USD',
      items: [],
      totalAmount: 1n,
    });
    expect(decoder.add('purchase', id, message(value))).toBe(NOW_MS - 1);
    expect(decoder.purchases).toHaveLength(1);
  });

  test.each([
    ['malformed_json', '{'],
    ['empty_message', null],
    ['future_timestamp', pageView(NOW_MS + 6 * MINUTE_MS)],
    ['older_than_retention', pageView(NOW_MS - 401 * DAY_MS)],
  ])('%s becomes a dead letter with its payload, the same one every time', (code, value) => {
    const letters = [1, 2].map(() => {
      const decoder = new BatchDecoder(book, NOW_MS);
      expect(decoder.add('website', id, message(value))).toBeNull();
      return decoder.deadLetters;
    });
    expect(letters[0]).toEqual(letters[1]);
    expect(letters[0]).toMatchObject([
      { service: 'stream-aggregator', kind: 'website', topic: 'website', partition: 3, offset: '7', code },
    ]);
    expect(letters[0]?.[0]?.payload.toString()).toBe(value ?? '');
  });

  test('only a policy version that may exist asks for newer policies', () => {
    const asks = (version: string): boolean => {
      const decoder = new BatchDecoder(book, NOW_MS);
      decoder.add('website', id, message(pageView(NOW_MS), 1, { [HEADERS.policy]: version }));
      return decoder.needsNewerPolicies;
    };
    expect([asks('1'), asks('2'), asks('x'), asks('0')]).toEqual([false, true, false, false]);
  });
});
