import { z } from 'zod';
import type { CustomProperty, CustomType } from './custom-type.ts';
import { deadLetterWireSchema } from './dead-letter.ts';
import { KPI_DEFINITIONS } from './kpi-definitions.ts';
import { PURCHASE_EVENT_SCHEMA_VERSION, purchaseEventWireSchema } from './purchase-event.ts';
import { receiptWireSchema } from './receipt.ts';
import { REJECTION_CODES } from './rejection.ts';
import { TOPICS } from './topics.ts';
import { WEB_EVENT_RULES } from './web-event-rules.ts';
import { WEB_EVENT_SCHEMA_VERSION, webEventWireSchema } from './web-event.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema (2020-12) of a message of each topic, by topic name. Registered event types come as rules of their own. */
export function topicJsonSchemas(customTypes: Readonly<Record<string, CustomType>> = {}): Record<string, JsonSchema> {
  return {
    [TOPICS.websiteEvents]: webEventJsonSchema(customTypes),
    [TOPICS.purchaseEvents]: toJsonSchema(
      purchaseEventWireSchema,
      `Purchase event, schema version ${PURCHASE_EVENT_SCHEMA_VERSION}`,
    ),
    [TOPICS.deadLetters]: toJsonSchema(deadLetterWireSchema, 'Dead letter'),
    [TOPICS.collectorReceipts]: toJsonSchema(receiptWireSchema, 'Receipt of a collector'),
  };
}

/** Every file of `ebb contracts export`: name → content. */
export function contractFiles(customTypes: Readonly<Record<string, CustomType>> = {}): Record<string, string> {
  const schemas = Object.entries(topicJsonSchemas(customTypes)).map(([topic, schema]) => [
    `${topic}.schema.json`,
    schema,
  ]);
  const files = [...schemas, ['kpi-definitions.json', KPI_DEFINITIONS], ['rejection-codes.json', REJECTION_CODES]];
  return Object.fromEntries(files.map(([name, content]) => [name, `${JSON.stringify(content, null, 2)}\n`]));
}

function toJsonSchema(schema: z.ZodType, title: string): JsonSchema {
  return { title, ...z.toJSONSchema(schema, { io: 'input' }) };
}

function webEventJsonSchema(customTypes: Readonly<Record<string, CustomType>>): JsonSchema {
  const builtIn = Object.entries(WEB_EVENT_RULES).map(([type, fields]) => typeRule(type, presentFields(fields)));
  const custom = Object.entries(customTypes).map(([type, definition]) =>
    typeRule(type, { properties: { properties: customTypeJsonSchema(definition) } }),
  );
  return {
    ...toJsonSchema(webEventWireSchema, `Web event, schema version ${WEB_EVENT_SCHEMA_VERSION}`),
    anyOf: [presentFields(['user_id']), presentFields(['anonymous_id'])],
    allOf: [...builtIn, ...custom],
  };
}

function typeRule(type: string, consequence: JsonSchema): JsonSchema {
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema: data, never awaited
  return { if: { properties: { event_type: { const: type } } }, then: consequence };
}

/** Present means neither absent, null nor an empty text. */
function presentFields(fields: readonly string[]): JsonSchema {
  if (fields.length === 0) return {};
  return {
    required: fields,
    properties: Object.fromEntries(fields.map((field) => [field, { type: 'string', minLength: 1 }])),
  };
}

/** JSON Schema of the `properties` of a registered event type. */
export function customTypeJsonSchema(type: CustomType): JsonSchema {
  const entries = Object.entries(type.properties);
  const required = entries.filter(([, rule]) => rule.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, rule]) => [name, propertyJsonSchema(rule)])),
    ...(required.length > 0 ? { required } : {}),
  };
}

function propertyJsonSchema(rule: CustomProperty): JsonSchema {
  const description = rule.description === undefined ? {} : { description: rule.description };
  const value = { ...valueJsonSchema(rule), ...description };
  return rule.required ? value : { anyOf: [value, { type: 'null' }] };
}

function valueJsonSchema(rule: CustomProperty): JsonSchema {
  if (rule.type === 'timestamp') return { type: 'string', format: 'date-time' };
  if (rule.type !== 'string') return { type: rule.type };
  return {
    type: 'string',
    ...(rule.enum === undefined ? {} : { enum: rule.enum }),
    ...(rule.max_length === undefined ? {} : { maxLength: rule.max_length }),
  };
}
