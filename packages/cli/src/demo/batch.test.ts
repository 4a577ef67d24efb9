import { expect, test } from 'vitest';
import { formatted } from './batch.ts';

test.each([
  ['525461', 0, '525,461'],
  ['8673383.344', 2, '8,673,383.344'],
  ['-629855.37', 2, '-629,855.37'],
  ['702.9', 2, '702.90'],
  ['-123456', 0, '-123,456'],
  ['44', 0, '44'],
  [null, 2, '–'],
])('%s with %i decimals is shown as %s', (value, decimals, shown) => {
  expect(formatted(value, decimals)).toBe(shown);
});
