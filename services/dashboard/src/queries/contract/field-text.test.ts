import { topicJsonSchemas } from '@ebb/contracts';
import { expect, test } from 'vitest';
import { fieldsOf } from './field-text.ts';

test('types of fields are said in words', () => {
  const schema = {
    properties: {
      id: { type: 'string', format: 'uuid' },
      name: { anyOf: [{ type: 'string', maxLength: 64 }, { type: 'null' }] },
      kind: { type: 'string', enum: ['a', 'b'] },
      any: {},
    },
    required: ['id'],
  };
  expect(fieldsOf(schema)).toEqual([
    { name: 'id', type: 'uuid', isRequired: true },
    { name: 'name', type: 'string, at most 64 characters or null', isRequired: false },
    { name: 'kind', type: 'a | b', isRequired: false },
    { name: 'any', type: 'anything', isRequired: false },
  ]);
});

test.each(Object.entries(topicJsonSchemas()))(
  '%s: every field of the schema, required ones as it says',
  (_, schema) => {
    const { properties, required } = schema as { properties: object; required: string[] };
    const fields = fieldsOf(schema);
    expect(fields.map(({ name }) => name)).toEqual(Object.keys(properties));
    expect(fields.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(
      Object.keys(properties).filter((name) => required.includes(name)),
    );
  },
);
