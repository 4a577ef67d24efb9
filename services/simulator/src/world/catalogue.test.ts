import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CATALOGUE } from './catalogue.ts';

test('the batch layers know the categories of this catalogue', async () => {
  const seed = await readFile(new URL('../../../../dbt/seeds/shop/shop_products.csv', import.meta.url), 'utf8');
  const lines = CATALOGUE.map(({ id, name, category }) => `shop,${id},${name},${category}`);
  expect(seed.trim().split('\n')).toEqual(['source,product_id,product_name,category', ...lines]);
});
