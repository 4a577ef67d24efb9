import { describe, expect, test } from 'vitest';
import { endedSession, SESSION_COOKIE, Sessions } from './sessions.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-03-15T10:00:00Z');
const sessions = new Sessions('scrypt.a', HOUR_MS);
const begun = sessions.begin(NOW, false);
const cookie = begun.split(';', 1)[0] ?? '';

test('a session is kept from scripts and other sites, and ends by itself', () => {
  expect(begun).toMatch(/; Path=\/; Max-Age=3600; HttpOnly; SameSite=Strict$/);
  expect(sessions.begin(NOW, true)).toMatch(/; Secure$/);
  expect(endedSession(false)).toBe(`${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`);
  expect(sessions.expiryOf(cookie, NOW)).toBe(NOW + HOUR_MS);
  expect(sessions.expiryOf(cookie, NOW + HOUR_MS - 1)).toBe(NOW + HOUR_MS);
  expect(sessions.expiryOf(cookie, NOW + HOUR_MS)).toBeNull();
});

test('it is found among other cookies, one of the same name too', () => {
  expect(sessions.expiryOf(`a=b; ${SESSION_COOKIE}=nonsense; ${cookie};c=d`, NOW)).toBe(NOW + HOUR_MS);
});

test('another password, or a shorter life, ends it', () => {
  expect(new Sessions('scrypt.b', HOUR_MS).expiryOf(cookie, NOW)).toBeNull();
  expect(new Sessions('scrypt.a', HOUR_MS / 2).expiryOf(cookie, NOW)).toBeNull();
});

const [, value = ''] = cookie.split('=');
const [expiry = '', signature = ''] = value.split('.');

describe('is no session', () => {
  test.each([
    ['none', undefined],
    ['empty', ''],
    ['without a value', `${SESSION_COOKIE}=`],
    ['a later expiry', `${SESSION_COOKIE}=${Number(expiry) + 1}.${signature}`],
    ['the same moment written otherwise', `${SESSION_COOKIE}=0${expiry}.${signature}`],
    ['no signature', `${SESSION_COOKIE}=${expiry}.`],
    ['another signature', `${SESSION_COOKIE}=${expiry}.${'A'.repeat(43)}`],
    ['a cut one', `${SESSION_COOKIE}=${expiry}.${signature.slice(1)}`],
    ['an endless number', `${SESSION_COOKIE}=${'9'.repeat(400)}.${signature}`],
    ['another name', cookie.replace(SESSION_COOKIE, 'ebb_sessionx')],
    ['bytes', `${SESSION_COOKIE}=\u0000\u00ff%00; ; =;=`],
    ['very long', `${SESSION_COOKIE}=${'a'.repeat(100_000)}`],
  ])('%s', (_, header) => {
    expect(sessions.expiryOf(header, NOW)).toBeNull();
  });
});
