import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BAD, CsvScanner, fieldText, MORE, RECORD } from './csv-scanner.ts';

interface Line {
  lineNo: number;
  /** Null: bad. */
  fields: string[] | null;
}

/** Everything in a text, handed over in pieces of these sizes (the last one repeated). */
function scanAll(text: string, sizes: readonly number[] = [1_000_000]): Line[] {
  const bytes = Buffer.from(text);
  const scanner = new CsvScanner();
  const lines: Line[] = [];
  let at = 0;
  let lineNo = 1;
  let to = 0;
  let piece = 0;
  while (at < bytes.length) {
    to = Math.min(bytes.length, to + (sizes[Math.min(piece, sizes.length - 1)] ?? 1));
    piece += 1;
    while (at < to) {
      const found = scanner.scan(bytes, at, to, to === bytes.length);
      if (found === MORE) break;
      const fields = Array.from({ length: scanner.fieldCount }, (_, index) => fieldText(bytes, scanner, index));
      lines.push({ lineNo, fields: found === BAD ? null : fields });
      at = scanner.next;
      lineNo += scanner.lines;
    }
  }
  return lines;
}

const fields = (text: string): (string[] | null)[] => scanAll(text).map((line) => line.fields);

test('fields, quoted or not, with line breaks, doubled quotes, either line end and none at the end', () => {
  expect(fields('a,b\r\n"c,""d""\n",e\n,\nf,"g"')).toEqual([
    ['a', 'b'],
    ['c,"d"\n', 'e'],
    ['', ''],
    ['f', 'g'],
  ]);
});

const quoted = (text: string, isAlways: boolean): string =>
  isAlways || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

test('whatever RFC 4180 writes is read as csv-parse reads it, wherever the bytes are cut', () => {
  const cell = fc.oneof(fc.stringMatching(/^[a-zé€😀 ,"\n;]{0,6}$/u), fc.constant('x'));
  // A quote that is open for more than 16 lines is taken for a stray one.
  const row = fc.array(cell, { minLength: 2, maxLength: 4 }).filter((cells) => cells.join('').split('\n').length <= 16);
  const file = fc.record({
    rows: fc.array(row, { minLength: 1, maxLength: 6 }),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    isQuoted: fc.boolean(),
    hasLastEnd: fc.boolean(),
    sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
  });
  fc.assert(
    fc.property(file, ({ rows, lineEnd, isQuoted, hasLastEnd, sizes }) => {
      const lines = rows.map((row) => row.map((one) => quoted(one, isQuoted)).join(','));
      const text = lines.join(lineEnd) + (hasLastEnd ? lineEnd : '');
      const oracle: string[][] = parse(text, { relax_column_count: true, record_delimiter: lineEnd });
      expect(scanAll(text, sizes).map((line) => line.fields)).toEqual(oracle);
    }),
    { numRuns: 300 },
  );
});

test('a stray quote costs its own line, not those behind it', () => {
  expect(fields('a,b\n1,2"\n3,4\n')).toEqual([['a', 'b'], null, ['3', '4']]);
  expect(fields('a,b\n"1,2\n3,4\n5,6\n')).toEqual([['a', 'b'], null, ['3', '4'], ['5', '6']]);
  expect(fields('"a"b,c\nd,e')).toEqual([null, ['d', 'e']]);
  const after = Array.from({ length: 100 }, (_, index) => [`${index}`, 'x']);
  const text = `"open,1\n${after.map((row) => row.join(',')).join('\n')}\n`;
  expect(fields(text)).toEqual([null, ...after]);
  expect(scanAll(text, [7]).map((line) => line.fields)).toEqual([null, ...after]);
});

test('lines are numbered as an editor numbers them', () => {
  expect(scanAll('h,h\n"a\nb",1\n"x\n2,3\n').map((line) => line.lineNo)).toEqual([1, 2, 4, 5]);
});

test('more fields than it has room for at first', () => {
  const row = Array.from({ length: 300 }, (_, index) => `c${index}`);
  expect(fields(`${row.join(',')}\n`)).toEqual([row]);
});

test('a record that is cut off is said to need more, and is bad only at the end', () => {
  const scanner = new CsvScanner();
  const bytes = Buffer.from('a,"b');
  expect(scanner.scan(bytes, 0, bytes.length, false)).toBe(MORE);
  expect(scanner.scan(bytes, 0, bytes.length, true)).toBe(BAD);
  expect(scanner.scan(Buffer.from('a,b'), 0, 3, true)).toBe(RECORD);
});
