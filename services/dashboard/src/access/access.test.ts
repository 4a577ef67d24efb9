import { expect, test } from 'vitest';
import { loadDashboardConfig } from '../config.ts';
import { accessOf, isLoopback } from './access.ts';

const HASH = 'scrypt.16384.8.1.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const BASE = { EBB_POSTGRES_URL: 'postgresql://a@b/c', EBB_CLICKHOUSE_URL: 'http://a@b:1' };

const modeOf = (env: Record<string, string>): string => accessOf(loadDashboardConfig({ ...BASE, ...env })).mode;

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.1.evil.example', false],
  ['', false],
])('%j is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test('on loopback everybody who reaches it is answered', () => {
  expect(modeOf({})).toBe('open');
  expect(modeOf({ EBB_HOST: '0.0.0.0', EBB_DASHBOARD_PUBLISHED_ON: '127.0.0.1' })).toBe('open');
});

test('beyond it there is a login, and the start fails where nobody could log in', () => {
  expect(modeOf({ EBB_HOST: '0.0.0.0', EBB_DASHBOARD_PASSWORD_HASH: HASH })).toBe('login');
  expect(modeOf({ EBB_DASHBOARD_PUBLISHED_ON: '192.168.1.4', EBB_DASHBOARD_PASSWORD_HASH: HASH })).toBe('login');
  expect(() => modeOf({ EBB_HOST: '0.0.0.0' })).toThrow(/needs a login there.*make-login/);
  expect(() => modeOf({ EBB_DASHBOARD_PUBLISHED_ON: '0.0.0.0' })).toThrow(/reached at 0\.0\.0\.0/);
});

test('behind a proxy on this machine a login can be asked for on loopback', () => {
  expect(modeOf({ EBB_DASHBOARD_LOGIN: 'on', EBB_DASHBOARD_PASSWORD_HASH: HASH })).toBe('login');
  expect(() => modeOf({ EBB_DASHBOARD_LOGIN: 'on' })).toThrow(/needs a login/);
  expect(() => modeOf({ EBB_DASHBOARD_LOGIN: 'off' })).toThrow(/EBB_DASHBOARD_LOGIN/);
});

test('a password in place of its hash is refused and not told', () => {
  const start = (): string => modeOf({ EBB_HOST: '0.0.0.0', EBB_DASHBOARD_PASSWORD_HASH: 'hunter2' });
  expect(start).toThrow(/no hash/);
  expect(start).not.toThrow(/hunter2/);
});

test('the public view needs no login, wherever it is', () => {
  expect(modeOf({ EBB_HOST: '0.0.0.0', EBB_DASHBOARD_PUBLIC: 'on' })).toBe('public');
  expect(modeOf({ EBB_DASHBOARD_PUBLIC: 'on' })).toBe('public');
});
