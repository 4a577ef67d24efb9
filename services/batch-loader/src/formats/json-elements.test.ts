import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileRefused } from '../errors.ts';
import { jsonElements } from './json-elements.ts';

const texts = (text: string): string[] => [...jsonElements(text)].map((element) => element.text);

test('the elements of any list are the values that JSON.parse finds in it', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
      const text = JSON.stringify(values, null, indent);
      expect(texts(text).map((element) => JSON.parse(element) as unknown)).toEqual(JSON.parse(text));
    }),
  );
});

test('texts stand as they were written, under the line they begin on', () => {
  expect([...jsonElements(' \n[\n {"a": 1.10},\n\n {"b":\n "],"}\n]\n')]).toEqual([
    { text: '{"a": 1.10}', lineNo: 3 },
    { text: '{"b":\n "],"}', lineNo: 5 },
  ]);
  expect([...jsonElements('\n{"a": [1]}\n')]).toEqual([{ text: '{"a": [1]}', lineNo: 2 }]);
  expect(texts('[]')).toEqual([]);
});

test('a list that is cut off anywhere is refused', () => {
  const text = '[{"a": [1, "x]"]}, {"b": "\\""}]';
  for (let length = 1; length < text.length; length += 1) {
    expect(() => texts(text.slice(0, length)), text.slice(0, length)).toThrow(FileRefused);
  }
  expect(() => texts('[1] 2')).toThrow(FileRefused);
  expect(() => texts('  ')).toThrow(FileRefused);
});
