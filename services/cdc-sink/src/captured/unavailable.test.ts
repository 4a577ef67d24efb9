import { expect, test } from 'vitest';
import { isUnavailable } from './unavailable.ts';

const TEXT = '__ebb_unavailable_4f0c1d7e9b3a';

test('knows every form in which the connector says that it has no value', () => {
  const hex = Buffer.from(TEXT).toString('hex');
  const forms = [TEXT, hex, JSON.stringify({ [TEXT]: TEXT }), [TEXT], [hex], [...Buffer.from(TEXT)]];
  for (const form of forms) expect(isUnavailable(form)).toBe(true);
});

test('takes nothing else for it', () => {
  for (const value of ['', 'a', `${TEXT} `, [TEXT, TEXT], [], [null], null, 5, true, Array(30).fill(95)]) {
    expect(isUnavailable(value), String(value)).toBe(false);
  }
});
