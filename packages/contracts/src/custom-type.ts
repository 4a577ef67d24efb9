import { unreachable } from '@ebb/core';
import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { JsonObject } from './message-body.ts';
import { showValue } from './rejection.ts';
import { parseTimestamp } from './timestamp.ts';
import { WEB_EVENT_RULES } from './web-event-rules.ts';

const NAME_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;
const MAX_PROPERTIES = 64;
const MAX_ENUM_VALUES = 256;

const nameSchema = z.string().regex(NAME_PATTERN, 'a name is a-z, 0-9 and _, starts with a letter, at most 64 long');
const common = { required: z.boolean().default(false), description: z.string().max(LIMITS.description).optional() };

const propertySchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('string'),
    ...common,
    enum: z.array(z.string().max(LIMITS.address)).min(1).max(MAX_ENUM_VALUES).optional(),
    max_length: z.int().min(1).max(LIMITS.propertiesBytes).optional(),
  }),
  z.strictObject({ type: z.literal('number'), ...common }),
  z.strictObject({ type: z.literal('integer'), ...common }),
  z.strictObject({ type: z.literal('boolean'), ...common }),
  z.strictObject({ type: z.literal('timestamp'), ...common }),
]);

/** A registered event type: what its `properties` hold. Properties that are not named here are allowed. */
export const customTypeSchema = z.strictObject({
  description: z.string().max(LIMITS.description).optional(),
  properties: z
    .record(nameSchema, propertySchema)
    .refine((properties) => Object.keys(properties).length <= MAX_PROPERTIES, `at most ${MAX_PROPERTIES} properties`)
    .default({}),
});

const typeNameSchema = nameSchema.refine(
  (name) => !Object.hasOwn(WEB_EVENT_RULES, name),
  'is the name of a built-in event type',
);

/** As written in a definition file. */
export const namedCustomTypeSchema = customTypeSchema.extend({ name: typeNameSchema });

/**
 * As stored in ops.policies.custom_types: name → definition. A name that a later release made a built-in type is read
 * all the same, or the upgrade would stop every consumer; the built-in type then goes first.
 */
export const customTypesSchema = z.record(nameSchema, customTypeSchema);

export type CustomProperty = z.output<typeof propertySchema>;
export type CustomType = z.output<typeof customTypeSchema>;

/** Checks an event's properties against its registered type; null when they fit, else what is wrong. */
export function checkCustomProperties(type: CustomType, properties: JsonObject | null): string | null {
  for (const [name, rule] of Object.entries(type.properties)) {
    // Own keys only: a property called `constructor` would else be found on every object.
    const value = properties !== null && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (value === undefined || value === null) {
      if (rule.required) return `properties.${name} is required`;
      continue;
    }
    const expectation = unmetExpectation(rule, value);
    if (expectation !== null) return `properties.${name} is ${showValue(value)}, expected ${expectation}`;
  }
  return null;
}

function unmetExpectation(rule: CustomProperty, value: unknown): string | null {
  switch (rule.type) {
    case 'string':
      return unmetTextRule(rule, value);
    case 'number':
      return typeof value === 'number' ? null : 'a number';
    case 'integer':
      return Number.isSafeInteger(value) ? null : 'an integer';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'timestamp':
      return typeof value === 'string' && parseTimestamp(value) !== null ? null : 'an ISO 8601 time with zone';
    default:
      return unreachable(rule);
  }
}

function unmetTextRule(rule: Extract<CustomProperty, { type: 'string' }>, value: unknown): string | null {
  if (typeof value !== 'string') return 'a string';
  if (rule.max_length !== undefined && value.length > rule.max_length) return `at most ${rule.max_length} characters`;
  if (rule.enum !== undefined && !rule.enum.includes(value)) return `one of ${rule.enum.join(', ').slice(0, 200)}`;
  return null;
}
