import { expect, test } from 'vitest';
import { pagePath } from './page-path.ts';

test.each([
  ['https://shop.example/products/7?email=ada@example.com#reviews', '/products/7'],
  ['https://shop.example', '/'],
  ['/cart?token=abc', '/cart'],
  ['https://user:secret@shop.example:8443/a', '/a'],
  ['https://shop.example/reset/ada@example.com/now', '/reset/…/now'],
  ['https://shop.example/reset/ada%40example.com', '/reset/…'],
  ['?q=1', '/'],
])('%s is shown as %s', (address, shown) => {
  expect(pagePath(address)).toBe(shown);
});
