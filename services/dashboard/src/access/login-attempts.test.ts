import { expect, test } from 'vitest';
import { LoginAttempts, MOST_ATTEMPTS, networkOf, SPAN_MS } from './login-attempts.ts';

const NOW = 1_000_000;

function tired(address: string): LoginAttempts {
  const attempts = new LoginAttempts();
  for (let n = 0; n < MOST_ATTEMPTS; n += 1) expect(attempts.take(address, NOW + n)).toBe(0);
  return attempts;
}

test('after so many attempts an address waits for the end of the span, whatever it tries meanwhile', () => {
  const attempts = tired('10.0.0.1');
  expect(attempts.take('10.0.0.1', NOW + 1000)).toBe(SPAN_MS - 1000);
  expect(attempts.take('10.0.0.1', NOW + SPAN_MS - 1)).toBe(1);
  expect(attempts.take('10.0.0.1', NOW + SPAN_MS)).toBe(0);
});

test('others are not kept waiting, and the right password forgets', () => {
  const attempts = tired('10.0.0.1');
  expect(attempts.take('10.0.0.2', NOW)).toBe(0);
  attempts.forget('10.0.0.1');
  expect(attempts.take('10.0.0.1', NOW + 1)).toBe(0);
});

test('addresses of one IPv6 network are one', () => {
  expect(tired('2001:db8::1').take('2001:db8::2:3', NOW + 20)).toBeGreaterThan(0);
  expect(tired('2001:db8::1').take('2001:db8:0:1::1', NOW + 20)).toBe(0);
});

test.each([
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::1', '0:0:0:0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s belongs to %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('what is remembered is bounded', () => {
  const attempts = tired('10.0.0.1');
  for (let n = 0; n < 10_000; n += 1) attempts.take(`11.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, NOW);
  expect(attempts.take('10.0.0.1', NOW + 20)).toBe(0);
});
