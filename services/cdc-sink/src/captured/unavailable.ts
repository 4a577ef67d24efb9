/**
 * What the connector writes in place of a large value that was not changed and is not in the log: its setting
 * `unavailable.value.placeholder`. Debezium's default is a text that anybody may type as a name; this one is not.
 */
const PLACEHOLDER = '__ebb_unavailable_4f0c1d7e9b3a';
const BYTES = [...Buffer.from(PLACEHOLDER)];
const AS_HEX = Buffer.from(PLACEHOLDER).toString('hex');
const AS_HSTORE = JSON.stringify({ [PLACEHOLDER]: PLACEHOLDER });
/** Its name-based UUID (version 3, without a namespace), as Java makes it. */
const AS_UUID = '2642e881-054f-3d37-bb91-d7b230bff478';

/** True for every form the placeholder takes: text, bytes as hex, hstore, and arrays of text, bytes, numbers, UUIDs. */
export function isUnavailable(value: unknown): boolean {
  if (typeof value === 'string') return value === PLACEHOLDER || value === AS_HEX || value === AS_HSTORE;
  if (!Array.isArray(value)) return false;
  if (value.length === 1) return value[0] === PLACEHOLDER || value[0] === AS_HEX || value[0] === AS_UUID;
  return value.length === BYTES.length && value.every((code, index) => code === BYTES[index]);
}
