import { ClickHouseError as DriverError } from '@clickhouse/client';
import { expect, test } from 'vitest';
import { fromDriver } from './driver-error.ts';
import { isClickhouseTransient } from './errors.ts';

function answer(code: number, message = 'words', type = 'NAME'): DriverError {
  return new DriverError({ message, code: String(code), type });
}

test.each([
  [answer(60), 'REFUSED', false],
  [answer(62), 'REFUSED', false],
  [answer(497), 'REFUSED', false],
  [answer(241), 'REFUSED', true],
  [answer(252), 'REFUSED', true],
  [answer(243), 'REFUSED', true],
  [answer(75, 'Cannot write: errno: 28, strerror: No space left on device'), 'REFUSED', true],
  [answer(75), 'REFUSED', false],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'UNREACHABLE', true],
  [new Error('socket hang up'), 'UNREACHABLE', true],
  [new Error('aborted'), 'UNREACHABLE', true],
  [new Error('Timeout error.'), 'TIMED_OUT', true],
] as const)('%s', (thrown, code, retryable) => {
  const error = fromDriver(thrown, `SELECT\n  ${'x'.repeat(500)}`);
  expect(error).toMatchObject({ code, retryable });
  expect(isClickhouseTransient(error)).toBe(retryable);
  expect(error.message.length).toBeLessThan(400);
});

test('what the caller cancelled is not repeated', () => {
  const error = fromDriver(new Error('The user aborted a request.'), 'SELECT 1', AbortSignal.abort());
  expect(error).toMatchObject({ code: 'CANCELLED', retryable: false });
  expect(isClickhouseTransient(new Error('anything else'))).toBe(false);
});
