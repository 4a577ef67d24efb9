import { expect, test } from 'vitest';
import { DEFAULT_POLICY, missingPolicyVersion, type Policy, PolicyBook } from './policy.ts';
import { parsePolicyRow } from './policy-row.ts';

const policy = (version: number, effectiveFromMs: number): Policy => ({ ...DEFAULT_POLICY, version, effectiveFromMs });
const book = new PolicyBook([policy(2, 200), policy(1, 100), policy(3, 300)]);

test.each([
  [300, 3],
  [299, 2],
  [100, 1],
  [0, 1],
])('at %i version %i is in force', (timeMs, version) => {
  expect(book.effectiveAt(timeMs).version).toBe(version);
  expect(book.forMessage({}, timeMs)?.version).toBe(version);
});

test('a stamped version counts whatever the time; anything that is none is unknown', () => {
  expect(book.forMessage({ 'ebb-policy': '3' }, 0)?.version).toBe(3);
  for (const stamp of ['4', '0', '-1', '', '1.0', '01', ' 1', '1e0', 'x', '9'.repeat(400)]) {
    expect(book.forMessage({ 'ebb-policy': stamp }, 0)).toBeUndefined();
  }
});

test('a consumer learns which version it lacks, and only if it could exist', () => {
  expect(missingPolicyVersion({ 'ebb-policy': '4' }, book)).toBe(4);
  expect(missingPolicyVersion({ 'ebb-policy': '3' }, book)).toBeNull();
  expect(missingPolicyVersion({ 'ebb-policy': 'x' }, book)).toBeNull();
  expect(missingPolicyVersion({}, book)).toBeNull();
});

test('the latest is the greatest version, and a book is never empty', () => {
  expect(book.latest().version).toBe(3);
  expect(() => new PolicyBook([])).toThrow('at least one');
});

test('reads rows of ops.policies', () => {
  const row = { version: 1, raw_retention_days: 400, custom_types: {}, effective_from: new Date(5) };
  expect(parsePolicyRow(row)).toEqual({ version: 1, rawRetentionDays: 400, customTypes: {}, effectiveFromMs: 5 });
  expect(parsePolicyRow({ ...row, custom_types: { login: {} } }).customTypes).toEqual({ login: { properties: {} } });
  expect(() => parsePolicyRow({ ...row, custom_types: { signup: { fields: {} } } })).toThrow('custom_types.signup');
  expect(() => parsePolicyRow(undefined)).toThrow('ops.policies');
});
