import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from './message-body.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * Finds what would make events that were valid under one JSON Schema invalid, or lose a field, under another.
 *
 * It knows the keywords our schemas use; a change in any other keyword is reported, since it cannot be judged. A new
 * optional field is compatible: an older event that used its name for something else is told apart by its
 * `schema_version`.
 */
export function findBreakingChanges(before: JsonSchema, after: JsonSchema, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isUnion(before) || isUnion(after)) return compareUnions(before, after, path);
  return [
    ...compareTypes(before, after, path),
    ...compareValues(before, after, path),
    ...compareLimits(before, after, path),
    ...compareRequired(before, after, path),
    ...compareProperties(before, after, path),
    ...compareNested(before, after, path),
    ...compareTypeRules(before, after, path),
    ...compareUnjudged(before, after, path),
  ];
}

const ANNOTATIONS = new Set(['$schema', '$id', 'title', 'description', 'default', 'examples']);
const UPPER_LIMITS = ['maxLength', 'maximum', 'maxItems'] as const;
const LOWER_LIMITS = ['minLength', 'minimum', 'minItems'] as const;
const JUDGED = new Set<string>([
  ...ANNOTATIONS,
  ...UPPER_LIMITS,
  ...LOWER_LIMITS,
  'type',
  'enum',
  'const',
  'required',
  'properties',
  'items',
  'additionalProperties',
  'propertyNames',
  'anyOf',
  'oneOf',
  'allOf',
]);

function isUnion(schema: JsonSchema): boolean {
  return branches(schema).length > 0 && schema['properties'] === undefined;
}

function branches(schema: JsonSchema): JsonSchema[] {
  return [...schemaList(schema['anyOf']), ...schemaList(schema['oneOf'])];
}

/** Every former branch must still have a branch that takes all of its values. */
function compareUnions(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const choices = isUnion(after) ? branches(after) : [after];
  const formers = isUnion(before) ? branches(before) : [before];
  return formers.flatMap((former) => {
    const attempts = choices.map((choice) => findBreakingChanges(former, choice, path));
    if (attempts.some((attempt) => attempt.length === 0)) return [];
    // One branch that is not null: its own findings say more than "not accepted".
    const closest = choices.findIndex((choice) => choice['type'] !== 'null' && former['type'] !== 'null');
    return attempts[closest] ?? [`${at(path)}: no longer accepts ${describe(former)}`];
  });
}

function compareTypes(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const from = before['type'];
  const to = after['type'];
  if (from === to || to === undefined || (from === 'integer' && to === 'number')) return [];
  return [`${at(path)}: type ${describeType(from)} became ${describeType(to)}`];
}

function compareValues(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const allowed = allowedValues(after);
  if (allowed === null) return [];
  const former = allowedValues(before);
  if (former === null) return [`${at(path)}: now takes only ${JSON.stringify(allowed)}`];
  const gone = former.filter((value) => !allowed.some((other) => isDeepStrictEqual(other, value)));
  return gone.map((value) => `${at(path)}: value ${JSON.stringify(value)} was removed`);
}

function allowedValues(schema: JsonSchema): readonly unknown[] | null {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : null;
}

function compareLimits(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const narrower = (key: string, sign: 1 | -1): string[] => {
    const to = after[key];
    const from = before[key];
    if (typeof to !== 'number') return [];
    if (typeof from === 'number' && (to - from) * sign >= 0) return [];
    return [`${at(path)}: ${key} narrowed from ${typeof from === 'number' ? from : 'none'} to ${to}`];
  };
  return [...UPPER_LIMITS.flatMap((key) => narrower(key, 1)), ...LOWER_LIMITS.flatMap((key) => narrower(key, -1))];
}

function compareRequired(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const former = textList(before['required']);
  const added = textList(after['required']).filter((name) => !former.includes(name));
  return added.map((name) => `${at(join(path, name))}: became required`);
}

function compareProperties(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const later = schemaMap(after['properties']);
  return Object.entries(schemaMap(before['properties'])).flatMap(([name, schema]) => {
    const next = Object.hasOwn(later, name) ? later[name] : undefined;
    if (next === undefined) return [`${at(join(path, name))}: was removed`];
    return findBreakingChanges(schema, next, join(path, name));
  });
}

/** Schemas of list items, of further properties and of their names. Absent and `{}` both take everything. */
function compareNested(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const keys = { items: '[]', additionalProperties: '.*', propertyNames: '.*' };
  return Object.entries(keys).flatMap(([key, suffix]) => {
    const to = after[key];
    if (to === undefined || to === true) return [];
    if (to === false) return before[key] === false ? [] : [`${at(path)}: ${key} are no longer allowed`];
    if (before[key] === false || !isJsonObject(to)) return [];
    return findBreakingChanges(isJsonObject(before[key]) ? before[key] : {}, to, path + suffix);
  });
}

/** The rules per event type: `allOf` of `if event_type is X, then …`. A type may be added, never removed or tightened. */
function compareTypeRules(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const former = typeRules(before);
  const later = typeRules(after);
  const perType = [...former].flatMap(([type, rule]) => {
    const next = later.get(type);
    const where = join(path, `event_type ${type}`);
    if (next === undefined) return [`${at(where)}: was removed`];
    // A field that the rule no longer mentions is free again, not removed.
    const properties = { ...schemaMap(rule['properties']), ...schemaMap(next['properties']) };
    return findBreakingChanges({ ...rule, properties: schemaMap(rule['properties']) }, { ...next, properties }, where);
  });
  const others = schemaList(after['allOf']).filter((rule) => ruleType(rule) === undefined);
  const added = others.filter((rule) => !schemaList(before['allOf']).some((other) => isDeepStrictEqual(other, rule)));
  return [...perType, ...added.map((rule) => `${at(path)}: new rule ${JSON.stringify(rule).slice(0, 120)}`)];
}

function typeRules(schema: JsonSchema): Map<string, JsonSchema> {
  const rules = new Map<string, JsonSchema>();
  for (const rule of schemaList(schema['allOf'])) {
    const type = ruleType(rule);
    if (type !== undefined) rules.set(type, isJsonObject(rule['then']) ? rule['then'] : {});
  }
  return rules;
}

function ruleType(rule: JsonSchema): string | undefined {
  const condition = isJsonObject(rule['if']) ? schemaMap(rule['if']['properties']) : {};
  const type = condition['event_type']?.['const'];
  return typeof type === 'string' ? type : undefined;
}

/** Keywords this check cannot weigh: adding or changing one is taken as breaking, dropping one only loosens. */
function compareUnjudged(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const unions = isDeepStrictEqual(branches(before), branches(after)) ? [] : ['anyOf'];
  const keys = Object.keys(after).filter((key) => !JUDGED.has(key) && !isDeepStrictEqual(before[key], after[key]));
  const suspicious = [...keys, ...(branches(after).length > 0 ? unions : [])];
  return suspicious.map((key) => `${at(path)}: ${key} changed to ${JSON.stringify(after[key])?.slice(0, 120)}`);
}

function schemaList(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function schemaMap(value: unknown): Readonly<Record<string, JsonSchema>> {
  return isJsonObject(value) ? (value as Record<string, JsonSchema>) : {};
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function at(path: string): string {
  return path === '' ? 'event' : path;
}

function describeType(type: unknown): string {
  return type === undefined ? 'any' : JSON.stringify(type);
}

function describe(schema: JsonSchema): string {
  return JSON.stringify(schema).slice(0, 120);
}
