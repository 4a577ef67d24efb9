import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DBT_PROJECT } from '@ebb/local-stack';
import { expect, test } from 'vitest';
import type { Model } from './manifest.ts';
import { CUSTOMER_MODELS, followedSources, MACRO_PATCHES, MUTANTS } from './mutants.ts';

const incremental: Model = {
  id: 'model.ebb.things',
  name: 'things',
  schema: 'staging',
  file: 'models/staging/things.sql',
  sql: `select * from a where day in ({{ touched() }})`,
  materialized: 'incremental',
  strategy: 'default',
  reads: [],
  text: `{{ since('sales_orders') }} {{ new_rows('sales_order_items', alias='i') }} {{ upto('web_events') }}`,
};

const applied = (model: Model): Record<string, unknown> =>
  Object.fromEntries(MUTANTS.map((mutant) => [mutant.name, mutant.apply(model)]));

test('what the mutants replace stands in the project', async () => {
  for (const { file, from } of MACRO_PATCHES) {
    expect(await readFile(join(DBT_PROJECT, 'macros/builds', file), 'utf8')).toContain(from);
  }
});

test('a model that follows two sources can have every mistake but the frozen clock', () => {
  expect(followedSources(incremental)).toEqual(['sales_order_items', 'sales_orders']);
  expect(applied(incremental)).toEqual({
    newest_only: { sql: incremental.sql, config: { meta: `{'mutant': 'newest_only'}` } },
    strict: { sql: incremental.sql, config: { meta: `{'mutant': 'strict'}` } },
    append: { sql: incremental.sql, config: { incremental_strategy: `'append'` } },
    frozen: { reason: 'has no days since' },
    one_mark: { sql: incremental.sql, config: { meta: `{'mutant': 'one_mark'}` } },
  });
});

test('where a mistake cannot be made, the reason is told', () => {
  const files = { ...incremental, sql: 'select 1', text: '', strategy: 'append' };
  expect(MUTANTS.map((mutant) => 'reason' in mutant.apply(files))).toEqual([true, true, true, true, true]);
  const oneSource = { ...incremental, text: `{{ new_rows('web_events') }}` };
  expect(applied(oneSource)['one_mark']).toEqual({ reason: 'follows one source' });
});

test('customer models are made incremental, with days since that freeze and totals of the newest orders alone', () => {
  const [name = '', { reads } = { reads: '' }] = Object.entries(CUSTOMER_MODELS)[0] ?? [];
  const sql = `select * from ${reads}`;
  const model: Model = { ...incremental, name, sql, materialized: 'table', text: sql };
  const { newest_only: newest, frozen, strict } = applied(model);
  expect(newest).toMatchObject({ sql: expect.stringContaining('is_incremental()') as string });
  expect(frozen).toMatchObject({ config: { materialized: `'incremental'`, unique_key: `'customer_id'` } });
  expect(strict).toEqual({ reason: 'built whole: takes in no rows by a bound' });
});
