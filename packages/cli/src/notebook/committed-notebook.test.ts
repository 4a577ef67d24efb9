import { readFileSync } from 'node:fs';
import { CUSTOMER_JOURNEY } from '@ebb/local-stack';
import { expect, test } from 'vitest';
import { z } from 'zod';

/** As nbformat 4.5 has them; nothing of a run in them. */
const common = {
  id: z.string().regex(/^[\w-]{1,64}$/),
  metadata: z.strictObject({}),
  source: z.array(z.string()).min(1),
};
const unrun = z.strictObject({
  nbformat: z.literal(4),
  nbformat_minor: z.literal(5),
  metadata: z.strictObject({
    kernelspec: z.strictObject({ name: z.literal('python3'), language: z.literal('python'), display_name: z.string() }),
    language_info: z.strictObject({ name: z.literal('python') }),
  }),
  cells: z.array(
    z.discriminatedUnion('cell_type', [
      z.strictObject({ ...common, cell_type: z.literal('markdown') }),
      z.strictObject({ ...common, cell_type: z.literal('code'), execution_count: z.null(), outputs: z.tuple([]) }),
    ]),
  ),
});

const committed: unknown = JSON.parse(readFileSync(CUSTOMER_JOURNEY, 'utf8'));
const { cells } = unrun.parse(committed);
const textOf = (kind: 'markdown' | 'code'): string =>
  cells
    .filter(({ cell_type: type }) => type === kind)
    .map(({ source }) => source.join(''))
    .join('\n');

test('it is committed without what its cells came to, each cell under a name of its own', () => {
  expect(unrun.safeParse(committed).error).toBeUndefined();
  expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
});

test('it names no figure: they come from what is published', () => {
  expect(textOf('markdown')).not.toMatch(/\d/);
  // How many rows to show, and where a share ends; nothing that was counted.
  expect(textOf('code')).not.toMatch(/\d{3}|\d[.,]\d{3}/);
});

test('addresses and logins come from the environment', () => {
  expect(textOf('code')).not.toMatch(/:\/\/|localhost|127\.0|passw|secret|environ/i);
});
