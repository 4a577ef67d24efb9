import { expect, test } from 'vitest';
import { formatted } from './batch.ts';

test.each([
  ['525461', '525,461'],
  ['8673383.344', '8,673,383.344'],
  ['-629855.37', '-629,855.37'],
  ['-123456', '-123,456'],
  ['44', '44'],
  [null, '–'],
])('%s is shown as %s', (value, shown) => {
  expect(formatted(value)).toBe(shown);
});
