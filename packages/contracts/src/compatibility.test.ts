import { expect, test } from 'vitest';
import { findBreakingChanges } from './compatibility.ts';
import { type JsonSchema, topicJsonSchemas } from './json-schema.ts';

type Node = Record<string, unknown>;
type Change = (node: Node) => void;

/** A current schema and a copy changed at one place, as a careless commit would change it. */
function change(topic: string, path: string, apply: Change): { before: JsonSchema; after: JsonSchema } {
  const before = JSON.parse(JSON.stringify(topicJsonSchemas()[topic])) as JsonSchema;
  const after = structuredClone(before);
  const steps = path === '' ? [] : path.split('/');
  const node = steps.reduce<unknown>((at, step) => (at as Node)[step], after);
  apply(node as Node);
  expect(after, 'the change must change something').not.toEqual(before);
  return { before, after };
}

const set =
  (key: string, value: unknown): Change =>
  (node) =>
    void (node[key] = value);
const remove =
  (key: string): Change =>
  (node) =>
    void delete node[key];
const push =
  (key: string, value: unknown): Change =>
  (node) =>
    void (node[key] as unknown[]).push(value);
const pop =
  (key: string): Change =>
  (node) =>
    void (node[key] as unknown[]).pop();

const P = 'purchase_events';
const W = 'website_events';
const QUANTITY = 'properties/items/items/properties/quantity';

test.each<[string, string, Change, string]>([
  [P, '', push('required', 'user_id'), 'user_id: became required'],
  [P, 'properties/items/items', push('required', 'line_no'), 'items[].line_no: became required'],
  [P, 'properties/order_status', pop('enum'), 'order_status: value "returned" was removed'],
  [P, 'properties/kind/anyOf/0', pop('enum'), 'kind: value "adjustment" was removed'],
  [P, 'properties/kind', pop('anyOf'), 'kind: no longer accepts {"type":"null"}'],
  [P, 'properties/total_amount', pop('anyOf'), 'total_amount: type "number" became "string"'],
  [P, QUANTITY, set('maximum', 100), 'items[].quantity: maximum narrowed from 2147483647 to 100'],
  [P, QUANTITY, set('minimum', 1), 'items[].quantity: minimum narrowed'],
  [P, QUANTITY, set('type', 'string'), 'items[].quantity: type "integer" became "string"'],
  [P, QUANTITY, set('multipleOf', 2), 'items[].quantity: multipleOf changed'],
  [P, 'properties/items', set('maxItems', 10), 'items: maxItems narrowed from 5000 to 10'],
  [P, 'properties/items', set('minItems', 1), 'items: minItems narrowed from none to 1'],
  [P, 'properties', remove('currency'), 'currency: was removed'],
  [P, 'properties/currency', set('pattern', '^(EUR|USD)$'), 'currency: pattern changed'],
  [P, 'properties/currency', set('enum', ['EUR']), 'currency: now takes only ["EUR"]'],
  [P, 'properties/currency', set('const', 'EUR'), 'currency: now takes only ["EUR"]'],
  [P, '', set('additionalProperties', false), 'event: additionalProperties are no longer allowed'],
  [P, '', set('additionalProperties', { type: 'string' }), '.*: type any became "string"'],
  [P, '', set('allOf', [{ required: ['country'] }]), 'event: new rule {"required":["country"]}'],
  [W, 'properties/user_id/anyOf/0', set('maxLength', 36), 'user_id: maxLength narrowed from 128 to 36'],
  [W, 'properties/event_timestamp', set('type', 'number'), 'event_timestamp: type "string" became "number"'],
  [W, 'properties/properties/anyOf/0', set('propertyNames', { maxLength: 8 }), 'maxLength narrowed from none to 8'],
  [W, '', pop('anyOf'), 'event: anyOf changed'],
  [W, '', pop('allOf'), 'event_type search: was removed'],
  [W, 'allOf/4', set('then', { required: ['user_id'] }), 'event_type login.user_id: became required'],
  [W, 'allOf/0/then', set('required', ['page_url', 'country']), 'event_type page_view.country: became required'],
  ['dead_letters', '', push('required', 'topic'), 'topic: became required'],
  ['collector_receipts', 'properties/count', set('minimum', 2), 'count: minimum narrowed from 1 to 2'],
])('%s at %j is caught', (topic, path, apply, expected) => {
  const { before, after } = change(topic, path, apply);
  expect(findBreakingChanges(before, after).join('\n')).toContain(expected);
});

test.each<[string, string, Change]>([
  [P, '', (schema) => void (schema['required'] as unknown[]).shift()],
  [P, 'properties/order_status', push('enum', 'disputed')],
  [P, 'properties/items', set('maxItems', 10_000)],
  [P, 'properties', set('coupon', { type: 'string' })],
  [P, QUANTITY, set('type', 'number')],
  [P, 'properties/currency', remove('pattern')],
  [P, 'properties/total_amount', push('anyOf', { type: 'null' })],
  [P, 'properties', set('currency', { anyOf: [{ type: 'string', pattern: '^[A-Z]{3}$' }, { type: 'null' }] })],
  [P, '', set('title', 'another title')],
  [W, '', push('allOf', { if: { properties: { event_type: { const: 'refund' } } } })],
  [W, 'allOf/0', set('then', {})],
  [W, 'properties/country/anyOf/0', set('maxLength', 100)],
])('%s at %j is no break', (topic, path, apply) => {
  const { before, after } = change(topic, path, apply);
  expect(findBreakingChanges(before, after)).toEqual([]);
});
