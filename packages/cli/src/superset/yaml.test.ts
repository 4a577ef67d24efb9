import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlOf } from './yaml.ts';

test('nested lists and maps in block style, texts quoted, absent values left out', () => {
  const value = { a: 'x: "y"\n', list: [{ b: 1, c: [true, null] }, 'z'], empty: [], none: undefined, 'odd key': {} };
  expect(yamlOf(value)).toBe(
    `a: "x: \\"y\\"\\n"
list:
  - b: 1
    c:
      - true
      - null
  - "z"
empty: []
"odd key": {}
`,
  );
});

test('a reader of YAML finds what was written', () => {
  const value = { a: [[1, 2], [], { b: { c: 'no' } }], 'x y': '# not a comment', d: -1.5, e: ['- f', ''] };
  expect(parse(yamlOf(value))).toEqual(value);
});
