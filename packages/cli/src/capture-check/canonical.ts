/** How a value of a column is written as text in both engines, so that equal values are equal texts. */
export type Canon =
  'text' | 'bool' | 'float' | 'decimal' | 'timestamp' | 'time' | 'bytes' | { arrayOf: Exclude<Canon, object> };

const CANONS: Readonly<Record<string, Exclude<Canon, object>>> = {
  bool: 'bool',
  float4: 'float',
  float8: 'float',
  timestamptz: 'timestamp',
  timestamp: 'timestamp',
  time: 'time',
  bytea: 'bytes',
};

export interface CatalogType {
  /** `pg_type.typname` under domains; of the element for arrays. */
  typname: string;
  isArray: boolean;
  /** False for a bare `numeric`, whose scale is data. */
  hasPrecision: boolean;
}

export function canonOf({ typname, isArray, hasPrecision }: CatalogType): Canon {
  const scalar = typname === 'numeric' && hasPrecision ? 'decimal' : (CANONS[typname] ?? 'text');
  return isArray ? { arrayOf: scalar } : scalar;
}

/** SQL for Postgres; null stays null. */
export function postgresText(column: string, canon: Canon): string {
  if (typeof canon === 'object') return `to_jsonb((${column})::text[])::text`;
  if (canon === 'timestamp') return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
  if (canon === 'bytes') return `encode(${column}, 'hex')`;
  return `(${column})::text`;
}

/** SQL for ClickHouse; null stays null. An array that may be null is null where the column `nullMark` says so. */
export function clickhouseText(column: string, canon: Canon, nullMark: string | null = null): string {
  const text =
    typeof canon === 'object' ? `toJSONString(arrayMap(x -> toString(x), ${column}))` : `toString(${column})`;
  return nullMark === null ? text : `if(${nullMark}, NULL, ${text})`;
}

export function canonical(value: string | null, canon: Canon): string | null {
  if (value === null) return null;
  if (typeof canon === 'object') return canonicalArray(value, canon.arrayOf);
  if (canon === 'float') return canonicalFloat(value);
  if (canon === 'bytes') return value.toLowerCase();
  if (canon === 'decimal') return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
  if (canon === 'time') return canonicalTime(value);
  return value;
}

function canonicalTime(value: string): string {
  const text = value.replace(/Z$/, '');
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function canonicalFloat(value: string): string {
  const number = Number(value.replace(/^(-?)inf$/i, '$1Infinity').replace(/^nan$/i, 'NaN'));
  return Object.is(number, -0) ? '-0' : String(number);
}

function canonicalArray(json: string, canon: Exclude<Canon, object>): string {
  const elements = JSON.parse(json) as (string | null)[];
  return JSON.stringify(elements.map((element) => canonical(element, canon)));
}
