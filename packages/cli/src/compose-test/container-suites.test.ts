import { expect, test } from 'vitest';
import { countTests } from './container-suites.ts';

const file = (name: string, ...statuses: string[]) => ({
  name,
  assertionResults: statuses.map((status, index) => ({ status, title: `test ${index}` })),
});
const report = (...testResults: ReturnType<typeof file>[]): string => JSON.stringify({ testResults });
const passed = [file('/a.pg.test.ts', 'passed', 'passed'), file('/b.kafka.test.ts', 'passed')];

test('counts by the server that the tests need', () => {
  expect(countTests(report(...passed, file('/c.ch.test.ts', 'passed')))).toBe('pg 2, kafka 1, ch 1 tests');
});

test.each([
  ['none of a server', report(...passed), 'no test of ch has run'],
  ['one left out', report(...passed, file('/c.ch.test.ts', 'passed', 'skipped')), '/c.ch.test.ts, "test 1": skipped'],
])('%s fails', (_, text, message) => {
  expect(() => countTests(text)).toThrow(message);
});
