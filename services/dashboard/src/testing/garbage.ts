import type { DescribedParameter } from '@ebb/testing';

const NO_NUMBERS = [
  'abc',
  '',
  ' ',
  ' 5',
  '5 ',
  '+5',
  '1e1',
  '0x10',
  '007',
  '1,5',
  'NaN',
  'Infinity',
  '-Infinity',
  '1e400',
];
const NO_WHOLE_NUMBERS = ['1.5', '1.0', '٣', '５', '9'.repeat(400), 'true', 'null', '[1]', '{}', '1;2', '1 OR 1=1'];
const NO_DAYS = [
  'yesterday',
  '2026-02-30',
  '2026-13-01',
  '2026-3-1',
  '20260301',
  '2026-03-01T00:00:00Z',
  '2026/03/01',
  '1',
];
const NO_NAMES = ['a b', 'Ä', '!', "'", 'x'.repeat(500), ' ', 'a\nb', '*'];

/** Values that a parameter must refuse, by what its description says of it. */
export function garbageFor({ schema }: DescribedParameter): string[] {
  const { type, minimum, maximum, pattern, minLength, maxLength } = schema;
  if (type === 'integer' || type === 'number') {
    const outside = [minimum === undefined ? [] : minimum - 1, maximum === undefined ? [] : maximum + 1]
      .flat()
      .map(String);
    return [...NO_NUMBERS, ...(type === 'integer' ? NO_WHOLE_NUMBERS : []), ...outside];
  }
  if (schema.enum !== undefined) {
    const known = schema.enum;
    const near = known.flatMap((value) => [value.toUpperCase(), ` ${value}`, `${value}s`]);
    return ['nonsense', '*', ...near].filter((value) => !known.includes(value));
  }
  const lengths = [
    minLength === undefined || minLength === 0 ? [] : '',
    maxLength === undefined ? [] : 'x'.repeat(maxLength + 1),
  ];
  const shapes =
    pattern === undefined ? [] : [...NO_DAYS, ...NO_NAMES].filter((text) => !new RegExp(pattern).test(text));
  return [...lengths.flat(), ...shapes];
}

/** Whether the longest or largest value it takes is bounded. */
export function isBounded({ schema }: DescribedParameter): boolean {
  if (schema.type === 'integer' || schema.type === 'number')
    return schema.minimum !== undefined && schema.maximum !== undefined;
  return (
    schema.type === 'boolean' || [schema.enum, schema.pattern, schema.maxLength].some((bound) => bound !== undefined)
  );
}

/** Values at the edge of what it takes. */
export function extremesOf({ schema }: DescribedParameter): string[] {
  if (schema.format === 'date')
    return ['0000-01-01', '0001-01-01', '1899-12-31', '1970-01-01', '2299-12-31', '9999-12-31'];
  const { minimum, maximum, maxLength } = schema;
  const numbers = [minimum, maximum].filter((bound) => bound !== undefined).map(String);
  return maxLength === undefined ? numbers : ['x'.repeat(maxLength), '𝕏'.repeat(Math.floor(maxLength / 2))];
}
