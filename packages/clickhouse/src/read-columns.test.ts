import { Readable } from 'node:stream';
import { Float64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { expect, test } from 'vitest';
import { readColumns } from './read-columns.ts';

const PIECE_BYTES = 100;

interface Rows {
  texts: (string | null)[];
  numbers: (number | null)[];
}

/** A server that sends these batches, in pieces that know nothing of them. */
function serverOf(batches: readonly Rows[]) {
  const tables = batches.map(
    ({ texts, numbers }) =>
      new Table({ text: vectorFromArray(texts, new Utf8()), value: vectorFromArray(numbers, new Float64()) }),
  );
  const [first = new Table(), ...rest] = tables;
  const bytes = Buffer.from(tableToIPC(first.concat(...rest), 'stream'));
  const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, index) =>
    bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  );
  return { queryBytes: () => Promise.resolve(Readable.from(pieces)) };
}

async function read(batches: readonly Rows[]): Promise<Rows> {
  const { numbers, texts } = await readColumns(serverOf(batches), 'SELECT');
  return { texts: texts.get('text') ?? [], numbers: [...(numbers.get('value') ?? [])] };
}

const plain = ['', 'a', 'a text that is longer than those which V8 copies', 'b'];
const other = ['ä', '', 'Łódź, mit einem langen Namen 🛒', '\uFEFFmarked', 'plain'];

test('texts are the same whether a chunk is ASCII or not, gaps included', async () => {
  const gaps = [null, ...other, null, ...plain, null];
  const batches = [plain, other, gaps, [null, null]].map((texts) => ({ texts, numbers: texts.map(() => 1) }));
  expect((await read(batches)).texts).toEqual([...plain, ...other, ...gaps, null, null]);
});

test('a NULL among numbers is NaN, at its place', async () => {
  const numbers = Array.from({ length: 1_000 }, (_, row) => (row % 7 === 3 ? null : row / 3));
  const batches = [numbers, [0.5], [null]].map((one) => ({ texts: one.map(() => 'x'), numbers: one }));
  const expected = [...numbers, 0.5, null].map((value) => value ?? Number.NaN);
  expect((await read(batches)).numbers).toEqual(expected);
});
