import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { authorize, isOriginWelcome, type Presented } from './access.ts';
import { isRefusal } from './errors.ts';
import { normalizeOrigin, presentedSecret, type WriteKey, WriteKeySet } from './write-keys.ts';

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function key(secret: string, allowedOrigins: string[]): WriteKey {
  return {
    id: secret,
    name: secret,
    hash: sha256(secret),
    allowedOrigins,
    source: 'shop',
    limit: { ratePerSecond: 1, burst: 1 },
  };
}

const keys = new WriteKeySet([
  key('server-only', []),
  key('shop', ['https://shop.example', 'http://localhost:8080']),
  key('open', ['*']),
  key('demo', []),
]);
const closedKeys = new WriteKeySet([key('server-only', []), key('shop', ['https://shop.example']), key('demo', [])]);
const options = { demoKeyHash: sha256('demo') };

function refusalOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return isRefusal(error) ? error.code : String(error);
  }
}

function presented(fields: Partial<Presented>): Presented {
  return { authorization: undefined, queryKey: undefined, origin: undefined, host: 'collector:8090', ...fields };
}

describe('the secret of a request', () => {
  test.each([
    ['Bearer abc', undefined, 'abc'],
    ['bearer   abc ', undefined, 'abc'],
    ['Basic abc', 'q', 'q'],
    ['Bearer abc', 'q', 'abc'],
    [undefined, 'q', 'q'],
    [undefined, ['q', 'r'], null],
    ['Bearer ', undefined, null],
    ['Bearer a b', undefined, null],
    [undefined, '', null],
    [undefined, 'x'.repeat(257), null],
  ])('%j and ?key=%j give %j', (authorization, queryKey, secret) => {
    expect(presentedSecret(authorization, queryKey)).toBe(secret);
  });
});

describe('who may send', () => {
  test.each([
    ['a server with any key', 'server-only', undefined, null],
    ['a browser on a listed origin', 'shop', 'https://shop.example', null],
    ['a browser on a listed origin, written otherwise', 'shop', 'HTTPS://Shop.Example', null],
    ['a browser on another port', 'shop', 'http://localhost:8081', 'origin_not_allowed'],
    ['a browser on a subdomain', 'shop', 'https://evil.shop.example', 'origin_not_allowed'],
    ['a browser with a key for servers', 'server-only', 'https://shop.example', 'origin_not_allowed'],
    ['any browser with an open key', 'open', 'https://anything.example', null],
    ['a sandboxed page with a listed key', 'shop', 'null', 'origin_not_allowed'],
    ['the demo shop itself', 'demo', 'http://collector:8090', null],
    ['another page with the demo key', 'demo', 'http://evil.example', 'origin_not_allowed'],
    ['the collector’s origin with another key', 'shop', 'http://collector:8090', 'origin_not_allowed'],
    ['nobody', 'wrong', undefined, 'unauthorized'],
  ])('%s', (_who, secret, origin, refusal) => {
    const request = presented({ authorization: `Bearer ${secret}`, origin });
    expect(refusalOf(() => authorize(request, keys, options))).toBe(refusal);
  });

  test('a preflight asks whether any key, or the one in the address, lists the origin', () => {
    const ask = (origin: string | undefined, queryKey?: string): boolean =>
      isOriginWelcome(presented({ origin, queryKey }), closedKeys, options);
    expect(ask('https://shop.example')).toBe(true);
    expect(ask('https://other.example')).toBe(false);
    expect(ask('https://shop.example', 'server-only')).toBe(false);
    expect(ask('https://shop.example', 'shop')).toBe(true);
    expect(ask('http://collector:8090')).toBe(true);
    expect(ask(undefined)).toBe(false);
  });

  test('origins are compared without case and trailing slash', () => {
    expect(normalizeOrigin(' HTTPS://Shop.Example/ ')).toBe('https://shop.example');
  });
});
