/**
 * What the connector writes in place of a large value that was not changed and is not in the log: its setting
 * `unavailable.value.placeholder`, a text nobody types. Its default is known too, for connectors set up by others.
 */
const PLACEHOLDERS = ['__ebb_unavailable_4f0c1d7e9b3a', '__debezium_unavailable_value'];
/** Name-based UUIDs (version 3, without a namespace) of the placeholders, as Java makes them. */
const AS_UUIDS = ['2642e881-054f-3d37-bb91-d7b230bff478', 'b68a35a7-17ad-35b3-af2a-ae46edb4545a'];

const texts = new Set(
  PLACEHOLDERS.flatMap((text) => [text, Buffer.from(text).toString('hex'), JSON.stringify({ [text]: text })]),
);
const elements = new Set([...texts, ...AS_UUIDS]);
const lengths = new Set([...texts].map(({ length }) => length));
const bytes = PLACEHOLDERS.map((text) => [...Buffer.from(text)]);

/** True for every form the placeholder takes: text, bytes as hex, hstore, and arrays of text, bytes, numbers, UUIDs. */
export function isUnavailable(value: unknown): boolean {
  if (typeof value === 'string') return lengths.has(value.length) && texts.has(value);
  if (!Array.isArray(value)) return false;
  if (value.length === 1) return elements.has(value[0] as string);
  return bytes.some((codes) => value.length === codes.length && value.every((code, index) => code === codes[index]));
}
