import { expect, test } from 'vitest';
import { acceptWebMessage } from './accept.ts';
import { addCustomTypes, type CustomTypes } from './custom-type-registry.ts';
import { DEFAULT_POLICY, PolicyBook } from './policy.ts';

const videoPlay = {
  name: 'video_play',
  properties: {
    seconds: { type: 'number', required: true },
    quality: { type: 'string', enum: ['sd', 'hd'], max_length: 10 },
    count: { type: 'integer' },
    muted: { type: 'boolean' },
    started_at: { type: 'timestamp' },
  },
};
const registered = addCustomTypes({}, videoPlay).customTypes;

test('adds one type or a list, and says which', () => {
  expect(addCustomTypes(registered, [{ name: 'signup' }, videoPlay])).toMatchObject({ added: ['signup'], widened: [] });
});

test.each([
  ['a built-in name', { name: 'page_view' }, 'built-in'],
  ['an odd name', { name: '__proto__' }, 'a name is a-z'],
  ['no name', { properties: {} }, 'name'],
  ['an unknown type', { name: 'x', properties: { a: { type: 'date' } } }, 'type'],
  ['an enum on a number', { name: 'x', properties: { a: { type: 'number', enum: [1] } } }, 'enum'],
  ['a misspelt key', { name: 'x', propertys: {} }, 'propertys'],
  ['the same name twice', [{ name: 'x' }, { name: 'x' }], 'twice'],
  ['no object', 7, 'not a definition'],
])('refuses %s', (_, file, reason) => {
  expect(() => addCustomTypes({}, file)).toThrow(reason);
});

function redefined(properties: Record<string, unknown>): unknown {
  return { ...videoPlay, properties: { ...videoPlay.properties, ...properties } };
}

test.each([
  ['a property made required', redefined({ count: { type: 'integer', required: true } }), 'count: became required'],
  ['another type', redefined({ count: { type: 'boolean' } }), 'count: type "integer" became "boolean"'],
  ['a value less', redefined({ quality: { type: 'string', enum: ['sd'], max_length: 10 } }), 'quality: value "hd"'],
  [
    'a shorter text',
    redefined({ quality: { type: 'string', enum: ['sd', 'hd'], max_length: 2 } }),
    'maxLength narrowed',
  ],
  ['a new required one', redefined({ codec: { type: 'string', required: true } }), 'codec: became required'],
  ['a removed property', { name: 'video_play', properties: {} }, 'seconds: was removed'],
])('refuses to narrow a registered type: %s', (_, file, reason) => {
  expect(() => addCustomTypes(registered, file)).toThrow(reason);
});

test('widens a registered type', () => {
  const wider = redefined({
    seconds: { type: 'number' },
    count: { type: 'number' },
    quality: { type: 'string' },
    codec: { type: 'string' },
  });
  expect(addCustomTypes(registered, wider)).toMatchObject({ added: [], widened: ['video_play'] });
});

function codeOf(properties: unknown, customTypes: CustomTypes = registered): string {
  const event = {
    event_id: 'e',
    user_id: 'u',
    event_timestamp: '2026-11-21T10:00:00Z',
    event_type: 'video_play',
    properties,
  };
  const message = { value: Buffer.from(JSON.stringify(event)), timestampMs: Date.UTC(2026, 10, 21, 10), headers: {} };
  const result = acceptWebMessage(message, new PolicyBook([{ ...DEFAULT_POLICY, customTypes }]));
  return result.kind === 'accepted' ? 'accepted' : result.rejection.code;
}

test.each([
  [
    { seconds: 1.5, quality: 'hd', count: 3, muted: false, started_at: '2026-11-21T10:00:00+01:00', more: {} },
    'accepted',
  ],
  [{ seconds: 1, quality: null }, 'accepted'],
  [undefined, 'invalid_properties'],
  [{}, 'invalid_properties'],
  [{ seconds: '1' }, 'invalid_properties'],
  [{ seconds: 1, quality: 'uhd' }, 'invalid_properties'],
  [{ seconds: 1, count: 1.5 }, 'invalid_properties'],
  [{ seconds: 1, muted: 'no' }, 'invalid_properties'],
  [{ seconds: 1, started_at: '2026-11-21' }, 'invalid_properties'],
])('checks typed properties: %j is %s', (properties, expected) => {
  expect(codeOf(properties)).toBe(expected);
});

test('a type is unknown to a policy that does not hold it', () => {
  expect(codeOf({ seconds: 1 }, {})).toBe('unknown_event_type');
});
