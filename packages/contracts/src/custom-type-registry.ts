import { isDeepStrictEqual } from 'node:util';
import { EbbError } from '@ebb/core';
import { z } from 'zod';
import { findBreakingChanges } from './compatibility.ts';
import { type CustomType, namedCustomTypeSchema } from './custom-type.ts';
import { customTypeJsonSchema } from './json-schema.ts';

export type CustomTypes = Readonly<Record<string, CustomType>>;

const MAX_CUSTOM_TYPES = 500;

/** A definition file holds one object with a name, or a list of them. */
const fileSchema = z.array(namedCustomTypeSchema).min(1).max(MAX_CUSTOM_TYPES);

export interface CustomTypeChange {
  readonly customTypes: CustomTypes;
  readonly added: readonly string[];
  readonly widened: readonly string[];
}

/**
 * The registered types with those of a definition file added. Raises INVALID_CUSTOM_TYPE when the file is not a
 * definition or a name is taken by a built-in type, BREAKING_CUSTOM_TYPE when a registered type would be narrowed.
 */
export function addCustomTypes(existing: CustomTypes, definitionFile: unknown): CustomTypeChange {
  const definitions = parseDefinitions(definitionFile);
  const added = Object.keys(definitions).filter((name) => !Object.hasOwn(existing, name));
  const changed = Object.keys(definitions).filter((name) => Object.hasOwn(existing, name));
  const problems = changed.flatMap((name) => narrowings(name, existing[name], definitions[name]));
  if (problems.length > 0) {
    throw new EbbError(
      'BREAKING_CUSTOM_TYPE',
      `stored events would become invalid; a registered type may only be widened:\n${problems.join('\n')}`,
    );
  }
  const customTypes = { ...existing, ...definitions };
  if (Object.keys(customTypes).length > MAX_CUSTOM_TYPES) {
    throw new EbbError('INVALID_CUSTOM_TYPE', `at most ${MAX_CUSTOM_TYPES} types can be registered`);
  }
  const widened = changed.filter((name) => !isDeepStrictEqual(existing[name], definitions[name]));
  return { customTypes, added, widened };
}

function parseDefinitions(file: unknown): CustomTypes {
  const parsed = fileSchema.safeParse(Array.isArray(file) ? file : [file]);
  if (!parsed.success) {
    throw new EbbError('INVALID_CUSTOM_TYPE', `not a definition of an event type: ${z.prettifyError(parsed.error)}`);
  }
  const list = parsed.data;
  const names = list.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new EbbError('INVALID_CUSTOM_TYPE', `the file defines "${twice}" twice`);
  return Object.fromEntries(list.map(({ name, ...definition }) => [name, definition]));
}

function narrowings(name: string, before: CustomType | undefined, after: CustomType | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  return findBreakingChanges(customTypeJsonSchema(before), customTypeJsonSchema(after), `${name}.properties`);
}
