import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from './limits.ts';
import { isPlainWebEvent } from './plain-web-event.ts';
import { isStorableText } from './text.ts';
import { webEventWireSchema } from './web-event.ts';

type Fields = Record<string, unknown>;

/** Valid by the schema, and every text of a field storable. */
function isValid(value: Fields): boolean {
  const parsed = webEventWireSchema.safeParse(value);
  if (!parsed.success) return false;
  return Object.values(parsed.data).every((field) => typeof field !== 'string' || isStorableText(field));
}

/** Texts around every limit, and the odd ones. */
const lengths = [...new Set(Object.values(LIMITS))].filter((limit) => limit > 0 && limit <= LIMITS.url);
const text = fc.oneof(
  fc.constantFrom('', 'shop', 'a', '\0', '\uD800', '\u{1F600}', 'A', '1x', '__proto__', '2026-11-21T10:00:00.000Z'),
  fc.constantFrom(...lengths.flatMap((length) => [length, length + 1])).map((length) => 'x'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const number = fc.oneof(fc.constantFrom(0, 1, -1, 1.5, 2 ** 53), fc.integer(), fc.double());
const value = fc.oneof(
  { weight: 4, arbitrary: text },
  number,
  fc.constantFrom(null, true, [], ['a'], {}, { a: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const fields = Object.keys(webEventWireSchema.shape);
const valid = {
  event_id: 'e',
  event_timestamp: '2026-11-21T10:00:00Z',
  event_type: 'page_view',
  user_id: 'u',
  page_url: '/',
  properties: { a: 1 },
  source: 'shop',
  schema_version: 1,
};

const changed = fc
  .dictionary(fc.constantFrom(...fields, 'unknown'), value, { maxKeys: 3, noNullPrototype: true })
  .map((change): Fields => ({ ...valid, ...change }));

test('says yes to exactly what the schema says yes to', () => {
  fc.assert(
    fc.property(changed, (event) => {
      expect(isPlainWebEvent(event)).toBe(isValid(event));
    }),
    { numRuns: 5_000 },
  );
});

test('the schema changes none of the fields, so the value may be read in its place', () => {
  fc.assert(
    fc.property(changed.filter(isPlainWebEvent), (event) => {
      const { unknown: _, ...known } = event as Fields;
      expect(isDeepStrictEqual(webEventWireSchema.parse(event), known)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test.each(fields)('each field alone: %s', (field) => {
  fc.assert(
    fc.property(value, (given) => {
      const event = { ...valid, [field]: given };
      expect(isPlainWebEvent(event)).toBe(isValid(event));
    }),
    { numRuns: 300 },
  );
});
