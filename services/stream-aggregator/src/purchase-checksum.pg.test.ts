import { jsonbText } from '@ebb/contracts';
import { testPostgres } from '@ebb/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('a JSON text is written as the database writes it', async () => {
  const { pool } = await testPostgres();
  const storable = fc.jsonValue({ maxDepth: 4 }).filter((value) => !/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value)));
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
  const samples = [
    ...fc.sample(storable, { numRuns: 2_000, seed: 1 }),
    ...fc.sample(numbers, { numRuns: 2_000, seed: 2 }),
    ...fc.sample(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.integer()), { numRuns: 500, seed: 3 }),
  ].map((value) => JSON.stringify(value));
  const texts = samples.filter((text) => !/\\u0000|\\ud[89a-f]/i.test(text));
  const { rows } = await pool.query<{ text: string }>(
    'SELECT value::jsonb::text AS text FROM unnest($1::text[]) WITH ORDINALITY t (value, n) ORDER BY n',
    [texts],
  );
  expect(rows.length).toBeGreaterThan(4_000);
  expect(texts.map(jsonbText)).toEqual(rows.map(({ text }) => text));
});
