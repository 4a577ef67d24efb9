import { isEbbError } from '@ebb/core';
import type { RowBinaryWriter } from '@ebb/clickhouse';
import type { BaseType, ColumnType } from './column-type.ts';
import { InexactNumberError, SchemaMismatchError, UnavailableValueError, ValueError } from './failures.ts';
import type { HistoryColumn } from './history-row.ts';
import { parseIsoDate, parseIsoTimestamp } from './times.ts';
import { isUnavailable } from './unavailable.ts';

/** Writes one value that is not NULL. Throws ValueError, SchemaMismatchError or InexactNumberError, maybe half way. */
export type Encode = (writer: RowBinaryWriter, value: unknown) => void;

/**
 * How values of a Postgres type, as Debezium sends them, are written into a column of a ClickHouse type. The two are
 * apart because a column keeps its ClickHouse type while rows of an older Postgres type are still on their way.
 */
export function encoderOf(source: Pick<HistoryColumn, 'typname' | 'baseType'>, target: ColumnType): Encode {
  if (target.kind === 'Array') return arrayEncoder(scalarEncoder(source.typname.slice(1), '', target.element));
  return scalarEncoder(source.typname, source.baseType, target);
}

function arrayEncoder(element: Encode): Encode {
  return (writer, value) => {
    if (!Array.isArray(value)) throw mismatch('an array', value);
    if (isUnavailable(value)) throw new UnavailableValueError();
    writer.array(value.length);
    for (const item of value as unknown[]) {
      if (item === null) writer.null();
      else {
        if (Array.isArray(item)) throw new ValueError('an array of more than one dimension');
        writer.notNull();
        element(writer, item);
      }
    }
  };
}

function scalarEncoder(typname: string, declared: string, target: BaseType): Encode {
  switch (target.kind) {
    case 'Bool':
      return bool;
    case 'Int16':
      return int16;
    case 'Int32':
      return int32;
    case 'Int64':
      return int64;
    case 'Float32':
      return float32;
    case 'Float64':
      return typname === 'float4' ? float4As64 : float64;
    case 'Decimal':
      return decimalEncoder(target.precision, target.scale);
    case 'UUID':
      return uuid;
    case 'Date32':
      return date32;
    case 'DateTime64':
      return dateTime64;
    case 'String':
      return stringEncoder(typname, declared);
    default:
      return target satisfies never;
  }
}

const bool: Encode = (writer, value) => {
  if (typeof value !== 'boolean') throw mismatch('a boolean', value);
  writer.bool(value);
};

const int16: Encode = (writer, value) => writer.int16(wholeNumber(value, 32_768));
const int32: Encode = (writer, value) => writer.int32(wholeNumber(value, 2_147_483_648));

const int64: Encode = (writer, value) => {
  if (typeof value !== 'bigint' && typeof value !== 'number') throw mismatch('a whole number', value);
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new InexactNumberError();
  writer.int64(value);
};

/** Postgres holds its columns to their types: a number out of range was not made under this column. */
function wholeNumber(value: unknown, limit: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit) return value;
  throw mismatch(`a whole number below ${limit}`, value);
}

const float32: Encode = (writer, value) => writer.float32(floatOf(value));
const float64: Encode = (writer, value) => writer.float64(floatOf(value));
/** Postgres widens the stored float; the text Debezium sends is the shortest that reads as it. */
const float4As64: Encode = (writer, value) => writer.float64(Math.fround(floatOf(value)));

function floatOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw mismatch('a float', value);
}

function decimalEncoder(precision: number, scale: number): Encode {
  return (writer, value) => {
    const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
    if (typeof text !== 'string') throw mismatch('a decimal as text', value);
    if (isUnavailable(text)) throw new UnavailableValueError();
    if (NOT_FINITE.test(text)) throw new ValueError(`${text} has no Decimal(${precision}, ${scale})`);
    try {
      writer.decimal(text, precision, scale);
    } catch (error) {
      throw isEbbError(error, 'VALUE_OUT_OF_RANGE') ? new SchemaMismatchError(error.message) : error;
    }
  };
}

const NOT_FINITE = /^(?:NaN|(?:POSITIVE_|NEGATIVE_|[+-])?Infinity)$/i;

const uuid: Encode = (writer, value) => {
  if (typeof value !== 'string') throw mismatch('a UUID', value);
  writer.uuid(value);
};

const date32: Encode = (writer, value) => {
  if (typeof value !== 'string') throw mismatch('a date', value);
  writer.date32(parseIsoDate(value));
};

const dateTime64: Encode = (writer, value) => {
  if (typeof value !== 'string') throw mismatch('a time', value);
  writer.dateTime64Us(parseIsoTimestamp(value));
};

const text: Encode = (writer, value) => {
  if (typeof value !== 'string') throw mismatch('text', value);
  if (isUnavailable(value)) throw new UnavailableValueError();
  writer.string(value);
};

/** Debezium names what is no number in capitals; stored as Postgres writes it. */
const numericText: Encode = (writer, value) => {
  if (typeof value !== 'string') throw mismatch('a number as text', value);
  if (isUnavailable(value)) throw new UnavailableValueError();
  writer.string(NOT_FINITE.test(value) ? (SPECIAL_NUMBERS[value.toUpperCase()] ?? value) : value);
};

const SPECIAL_NUMBERS: Readonly<Record<string, string>> = {
  NAN: 'NaN',
  POSITIVE_INFINITY: 'Infinity',
  INFINITY: 'Infinity',
  NEGATIVE_INFINITY: '-Infinity',
  '-INFINITY': '-Infinity',
};

/** Types Debezium does not know come as the hex form of their text. */
const opaqueText: Encode = (writer, value) => {
  if (typeof value === 'string' && /^(?:[0-9a-f]{2})+$/.test(value)) writer.bytes(Buffer.from(value, 'hex'));
  else anything(writer, value);
};

/** Types without a match in ClickHouse: what Debezium sends, objects and lists as JSON. */
const anything: Encode = (writer, value) => {
  if (isUnavailable(value)) throw new UnavailableValueError();
  writer.string(typeof value === 'string' ? value : jsonText(value));
};

/** As Postgres writes it: `time` has no zone, whatever Debezium says. */
const timeText: Encode = (writer, value) => {
  if (typeof value !== 'string') throw mismatch('a time of day', value);
  writer.string(value.replace(/Z$/, ''));
};

const TEXT_TYPES: ReadonlySet<string> = new Set([
  'text',
  'varchar',
  'bpchar',
  'citext',
  'json',
  'jsonb',
  'bytea',
  'xml',
]);

const OPAQUE_TYPES: ReadonlySet<string> = new Set(['pg_lsn', 'xid8', 'xid', 'cid', 'tid', 'jsonpath', 'pg_snapshot']);

function stringEncoder(typname: string, declared: string): Encode {
  if (TEXT_TYPES.has(typname)) return text;
  if (typname === 'numeric') return numericText;
  if (OPAQUE_TYPES.has(typname)) return opaqueText;
  if (typname === 'time') return timeText;
  if (typname === 'bit') return bitEncoder(Number(/\((\d+)\)/.exec(declared)?.[1] ?? 1));
  return anything;
}

/** Debezium sends bit(1) as a boolean and bit(n) as bytes, least significant first; Postgres writes `0101`. */
function bitEncoder(length: number): Encode {
  return (writer, value) => {
    if (typeof value === 'boolean') return writer.string(value ? '1' : '0');
    if (typeof value !== 'string') throw mismatch('bits', value);
    const bytes = Buffer.from(value, 'base64');
    const bits = [...bytes].toReversed().map((byte) => byte.toString(2).padStart(8, '0'));
    writer.string(bits.join('').padStart(length, '0').slice(-length));
  };
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
}

/** Writes a stand-in for a value that is not there, where the column has no NULL: only for rows that are deleted. */
export function writeZero(writer: RowBinaryWriter, type: ColumnType): void {
  switch (type.kind) {
    case 'Array':
      return writer.array(0);
    case 'Bool':
      return writer.bool(false);
    case 'Int16':
      return writer.int16(0);
    case 'Int32':
      return writer.int32(0);
    case 'Int64':
      return writer.int64(0);
    case 'Float32':
      return writer.float32(0);
    case 'Float64':
      return writer.float64(0);
    case 'Decimal':
      return writer.decimal('0', type.precision, type.scale);
    case 'UUID':
      return writer.uuid('00000000-0000-0000-0000-000000000000');
    case 'Date32':
      return writer.date32(0);
    case 'DateTime64':
      return writer.dateTime64Us(0);
    case 'String':
      return writer.string('');
    default:
      return type satisfies never;
  }
}

/** The writer's refusal of a value, as ours; anything else stays what it is. */
export function asValueError(error: unknown): unknown {
  return isEbbError(error, 'VALUE_OUT_OF_RANGE') ? new ValueError(error.message) : error;
}

function mismatch(expected: string, value: unknown): SchemaMismatchError {
  return new SchemaMismatchError(`expected ${expected}, got ${typeof value} ${jsonText(value).slice(0, 60)}`);
}
