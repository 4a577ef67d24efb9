/**
 * The text that PostgreSQL gives for a JSON value once it is `jsonb`: keys by length, then by bytes; one space after each
 * comma and colon; numbers written out. Stores that keep this text hold the same bytes as the database does.
 * `json` is compact JSON as JSON.stringify writes it, without repeated keys.
 */
export function jsonbText(json: string): string {
  return write(JSON.parse(json));
}

function write(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  // JSON.parse makes `__proto__` an own key, which entries() then holds like any other.
  const pairs = Object.entries(value).toSorted(([a], [b]) => compareKeys(a, b));
  return `{${pairs.map(([key, part]) => `${JSON.stringify(key)}: ${write(part)}`).join(', ')}}`;
}

function compareKeys(a: string, b: string): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const EXPONENT = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/;

function numberText(value: number): string {
  const text = JSON.stringify(value);
  const parts = EXPONENT.exec(text);
  if (parts === null) return text;
  const [, sign = '', first = '', rest = '', exponentText = ''] = parts;
  const digits = first + rest;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  // The shortest digits of a double never reach beyond its exponent where JSON writes one.
  return sign + digits.padEnd(exponent + 1, '0');
}
