import { describe, expect, test } from 'vitest';
import { Identity, type KeyValueStorage } from './identity.ts';
import { campaignOf, deviceTypeOf, pageUrlOf, referrerOf } from './page-context.ts';

function memoryStorage(): KeyValueStorage & { entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  };
}

function visitor(storage: KeyValueStorage | null, clock = { now: 0 }): Identity {
  let next = 0;
  return new Identity({ storage, nowMs: () => clock.now, newId: () => `id-${clock.now}-${(next += 1)}` });
}

describe('the visitor', () => {
  test('a session ends after 30 idle minutes, not after 30 minutes', () => {
    const clock = { now: 0 };
    const identity = visitor(null, clock);
    const first = identity.touchSession();
    clock.now += 29 * 60_000;
    expect(identity.touchSession()).toBe(first);
    clock.now += 29 * 60_000;
    expect(identity.touchSession()).toBe(first);
    clock.now += 30 * 60_000 + 1;
    expect(identity.touchSession()).not.toBe(first);
  });

  test('nothing is stored without consent; with it the visitor comes back; taken back it is gone', () => {
    const storage = memoryStorage();
    const clock = { now: 5 };
    const identity = visitor(storage, clock);
    identity.touchSession();
    identity.forgetUser();
    expect(storage.entries.size).toBe(0);
    identity.setConsent(true);
    const session = identity.touchSession();
    clock.now += 1_000;
    const later = visitor(storage, clock);
    expect([later.consent, later.anonymousId, later.touchSession()]).toEqual([true, identity.anonymousId, session]);
    later.setConsent(false);
    later.touchSession();
    expect(storage.entries.size).toBe(0);
  });

  test.each(['nonsense', '{}', 'null', '{"anonymousId":1,"sessionId":"s","lastSeenMs":0}'])(
    'damaged storage (%s) is a new visitor',
    (text) => {
      const storage = memoryStorage();
      storage.entries.set('ebb.visitor', text);
      expect(visitor(storage).consent).toBe(false);
    },
  );

  test('storage that throws leaves everything in memory', () => {
    const fail = (): never => {
      throw new Error('denied');
    };
    const identity = visitor({ getItem: fail, setItem: fail, removeItem: fail });
    identity.setConsent(true);
    expect(identity.touchSession()).toBe(identity.touchSession());
    identity.setConsent(false);
  });
});

describe('the page', () => {
  test('campaign, address and referrer', () => {
    expect(campaignOf('https://s.example/?utm_source=a&utm_medium=&x=1&utm_campaign=c%20d')).toEqual({
      utm_source: 'a',
      utm_campaign: 'c d',
    });
    expect(pageUrlOf('https://s.example/p?q=1#part')).toBe('https://s.example/p?q=1');
    expect([referrerOf(''), referrerOf('https://r.example/#x')]).toEqual([{}, { referrer: 'https://r.example/' }]);
  });

  test.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150', 0, 'desktop'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150', 10, 'desktop'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile', 5, 'mobile'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 5, 'tablet'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 0, 'desktop'],
    ['Mozilla/5.0 (Linux; Android 16; Pixel 11) Mobile Safari', 5, 'mobile'],
    ['Mozilla/5.0 (Linux; Android 16; SM-X910) Safari', 5, 'tablet'],
  ])('%s is %3$s', (userAgent, maxTouchPoints, device) => {
    expect(deviceTypeOf({ userAgent, maxTouchPoints })).toBe(device);
  });
});
