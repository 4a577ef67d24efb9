import type { HistoryColumn } from './history-row.ts';

/** A ClickHouse type without its Nullable. Arrays have nullable elements. */
export type BaseType =
  | { readonly kind: 'Bool' | 'Int16' | 'Int32' | 'Int64' | 'Float32' | 'Float64' | 'String' | 'UUID' }
  | { readonly kind: 'Date32' | 'DateTime64' }
  | { readonly kind: 'Decimal'; readonly precision: number; readonly scale: number };

export type ColumnType = BaseType | { readonly kind: 'Array'; readonly element: BaseType };

export type TypeVerdict =
  { readonly isSupported: true; readonly type: ColumnType } | { readonly isSupported: false; readonly reason: string };

const SIMPLE: Readonly<Record<string, BaseType['kind'] & ColumnType['kind']>> = {
  bool: 'Bool',
  int2: 'Int16',
  int4: 'Int32',
  int8: 'Int64',
  oid: 'Int64',
  float4: 'Float32',
  float8: 'Float64',
  uuid: 'UUID',
  date: 'Date32',
  timestamp: 'DateTime64',
  timestamptz: 'DateTime64',
};

/** Types whose values Debezium leaves out or changes: better no table than one that misses something. */
const LOST: Readonly<Record<string, string>> = {
  varbit: 'the length of a bit varying is lost on the way',
};

/** Arrays of other types, enums and domains among them, arrive as NULL or not at all. */
const ARRAY_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'bool int2 int4 int8 oid float4 float8 numeric text varchar bpchar citext uuid date timestamp timestamptz time timetz ' +
    'json jsonb bytea inet cidr macaddr macaddr8 ltree int4range int8range numrange tsrange tstzrange daterange'
  ).split(' '),
);

export const MAX_DECIMAL_DIGITS = 76;

/** The ClickHouse type that holds every value of the column exactly, NULL aside. */
export function columnTypeOf(column: HistoryColumn): TypeVerdict {
  const lost = LOST[column.typname];
  if (lost !== undefined) return { isSupported: false, reason: `${column.name} ${column.type}: ${lost}` };
  if (isArray(column)) {
    if (!ARRAY_ELEMENTS.has(column.typname.slice(1))) {
      return { isSupported: false, reason: `${column.name} ${column.type}: such arrays do not arrive` };
    }
    const element = baseTypeOf(column.typname.slice(1), column.elementType ?? '');
    return { isSupported: true, type: { kind: 'Array', element } };
  }
  return { isSupported: true, type: baseTypeOf(column.typname, column.baseType) };
}

export function isArray(column: Pick<HistoryColumn, 'typname' | 'elementType'>): boolean {
  return column.elementType !== null && column.typname.startsWith('_');
}

function baseTypeOf(typname: string, declared: string): BaseType {
  if (typname === 'numeric') return numericType(declared);
  const kind = Object.hasOwn(SIMPLE, typname) ? SIMPLE[typname] : undefined;
  return { kind: kind ?? 'String' } as BaseType;
}

/** Without a precision, or with more digits than ClickHouse has, the digits are kept as text. */
function numericType(declared: string): BaseType {
  const match = /^numeric\((\d+)(?:, ?(-?\d+))?\)/.exec(declared);
  if (match === null) return { kind: 'String' };
  const precision = Number(match[1]);
  const scale = Number(match[2] ?? 0);
  // Postgres allows a scale below 0 (rounds to tens) and above the precision (only small fractions).
  const digits = scale < 0 ? precision - scale : Math.max(precision, scale);
  if (digits > MAX_DECIMAL_DIGITS) return { kind: 'String' };
  return { kind: 'Decimal', precision: digits, scale: Math.max(0, scale) };
}

/** The name ClickHouse knows it by. */
export function typeName(type: ColumnType, isNullable: boolean): string {
  if (type.kind === 'Array') return `Array(${typeName(type.element, true)})`;
  return isNullable ? `Nullable(${baseName(type)})` : baseName(type);
}

function baseName(type: BaseType): string {
  if (type.kind === 'Decimal') return `Decimal(${type.precision}, ${type.scale})`;
  return type.kind === 'DateTime64' ? `DateTime64(6, 'UTC')` : type.kind;
}

export function isSameType(a: ColumnType, b: ColumnType): boolean {
  return typeName(a, false) === typeName(b, false);
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  Int16: ['Int32', 'Int64'],
  Int32: ['Int64'],
  Float32: ['Float64'],
};

/** Whether every value of `from` is one of `to`, the same one, so that the column can be altered in place. */
export function isWidening(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === 'Array') return to.kind === 'Array' && isWidening(from.element, to.element);
  if (to.kind === 'Array') return false;
  if (from.kind === 'Decimal' && to.kind === 'Decimal') {
    return to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
  }
  return WIDER[from.kind]?.includes(to.kind) ?? false;
}

/** ClickHouse cannot widen a sorting key, so keys of whole numbers have all the width from the start. */
export function asKeyType(type: ColumnType): ColumnType {
  return type.kind === 'Int16' || type.kind === 'Int32' ? { kind: 'Int64' } : type;
}

/** Types whose text in Postgres is not what Debezium sends, so that a default cannot be taken over. */
const OTHER_TEXT: ReadonlySet<string> = new Set([
  'interval',
  'timetz',
  'money',
  'bit',
  'point',
  'box',
  'lseg',
  'path',
  'polygon',
  'circle',
  'line',
  'hstore',
  'vector',
]);

export function hasOtherText(typname: string): boolean {
  return OTHER_TEXT.has(typname.replace(/^_/, ''));
}
