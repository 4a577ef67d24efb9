/** What Debezium writes in place of a large value that was not changed and is not in the log. */
const PLACEHOLDER = '__debezium_unavailable_value';
const BYTES = Buffer.from(PLACEHOLDER);
const AS_HEX = BYTES.toString('hex');
const AS_HSTORE = JSON.stringify({ [PLACEHOLDER]: PLACEHOLDER });
/** Name-based UUID (version 3, without a namespace) of the placeholder, as Java makes it. */
const AS_UUID = 'b68a35a7-17ad-35b3-af2a-ae46edb4545a';

/** True for every form the placeholder takes: text, bytes as hex, hstore, and arrays of text, bytes, numbers, UUIDs. */
export function isUnavailable(value: unknown): boolean {
  if (typeof value === 'string') return value === PLACEHOLDER || value === AS_HEX || value === AS_HSTORE;
  if (!Array.isArray(value)) return false;
  if (value.length === 1) return value[0] === PLACEHOLDER || value[0] === AS_HEX || value[0] === AS_UUID;
  return value.length === BYTES.length && value.every((element, index) => element === BYTES[index]);
}
