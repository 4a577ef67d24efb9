import type { JsonSchema } from '@ebb/contracts';
import { z } from 'zod';
import type { EventContract } from '../../api/contract-schema.ts';

const part = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  maxLength: z.number().optional(),
  get anyOf() {
    return z.array(part).optional();
  },
});

const message = z.looseObject({
  properties: z.record(z.string(), part).default({}),
  required: z.array(z.string()).default([]),
});

/** The fields of a message, each with its type in words. What rules say of several fields at once is in the schema alone. */
export function fieldsOf(schema: JsonSchema): EventContract['fields'] {
  const { properties, required } = message.parse(schema);
  return Object.entries(properties).map(([name, field]) => ({
    name,
    type: typeText(field),
    isRequired: required.includes(name),
  }));
}

function typeText(field: z.infer<typeof part>): string {
  if (field.anyOf !== undefined) return field.anyOf.map(typeText).join(' or ');
  if (field.enum !== undefined) return field.enum.map(String).join(' | ');
  const length = field.maxLength === undefined ? '' : `, at most ${field.maxLength} characters`;
  return `${field.format ?? field.type ?? 'anything'}${length}`;
}
