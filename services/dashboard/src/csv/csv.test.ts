import { expect, test } from 'vitest';
import { csvCell, csvText } from './csv.ts';

test('commas, quotes and line ends are quoted', () => {
  expect(
    csvText(
      ['id', 'text'],
      [
        ['a,b', 'say "x"'],
        ['two\nlines', 3],
      ],
    ),
  ).toBe('id,text\r\n"a,b","say ""x"""\r\n"two\nlines",3\r\n');
});

test.each(['=1+1', '+A1', '@SUM(A1)', '-2+3', '\tx'])('%j is no formula', (text) => {
  expect(csvCell(text)).toMatch(/^"?'/);
});

test('amounts below zero stay numbers', () => {
  expect(csvCell('-12.50')).toBe('-12.50');
  expect(csvCell(-3)).toBe('-3');
});
