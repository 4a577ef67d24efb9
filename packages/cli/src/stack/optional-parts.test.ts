import { expect, test } from 'vitest';
import { withArguments } from './launch.ts';
import { optionalParts } from './optional-parts.ts';
import { OPTIONAL_PART_NAMES, PART_NAMES } from './part.ts';
import { PARTS } from './parts.ts';

test('nothing is started that nobody asks for', () => {
  expect(optionalParts([])).toEqual([]);
});

test('a part brings what it needs, once, and servers stand before who uses them', () => {
  expect(optionalParts(['airflow']).map((part) => [part.name, part.level])).toEqual([
    ['mail', 'server'],
    ['airflow', 'service'],
  ]);
  expect(optionalParts(['airflow', 'mail', 'airflow']).map((part) => part.name)).toEqual(['mail', 'airflow']);
  expect(optionalParts(['superset']).map((part) => part.name)).toEqual(['mail', 'superset', 'superset-worker']);
});

test('an unknown name is refused with those there are', () => {
  expect(() => optionalParts(['mail', 'flink'])).toThrow(
    '--with flink: the optional parts are mail, airflow, superset, superset-worker',
  );
});

test('no optional part shares a name or a port with another part', () => {
  const all = [...PARTS, ...optionalParts(OPTIONAL_PART_NAMES)];
  expect(new Set(all.map((part) => part.name)).size).toBe(PART_NAMES.length + OPTIONAL_PART_NAMES.length);
  expect(new Set(all.map((part) => part.port)).size).toBe(all.length);
});

test('a supervisor knows its optional parts from its arguments', () => {
  expect(withArguments(['node', 'main.ts', '--attached', '--with=mail', '--with=airflow'])).toEqual([
    'mail',
    'airflow',
  ]);
});
