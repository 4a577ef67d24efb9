import { quoteClickhouseName, quoteClickhouseText } from '@ebb/clickhouse';
import { type BaseType, type ColumnType, hasOtherText, isWidening, typeName } from './column-type.ts';
import type { HistoryColumn } from './history-row.ts';
import type { PhysicalColumn } from './journal.ts';

/**
 * What rows written before the column existed read as, as an expression for its DEFAULT: the constant Postgres itself
 * shows for them. Undefined where there is none, or none that is certain: such rows read NULL until they are read again.
 */
export function missingValueExpression(column: HistoryColumn, type: ColumnType): string | undefined {
  const { missingValue, typname } = column;
  if (missingValue === null || hasOtherText(typname)) return undefined;
  if (type.kind !== 'Array') return literal(missingValue, typname, type);
  const elements = parseArrayText(missingValue);
  if (elements === undefined) return undefined;
  const literals = elements.map((text) => (text === null ? 'NULL' : literal(text, typname.slice(1), type.element)));
  return literals.includes(undefined) ? undefined : `CAST([${literals.join(', ')}], '${escaped(type)}')`;
}

function literal(text: string, typname: string, type: BaseType): string | undefined {
  switch (type.kind) {
    case 'Bool':
      return text === 't' ? 'true' : 'false';
    case 'Int16':
    case 'Int32':
    case 'Int64':
    case 'UUID':
    case 'Float32':
    case 'Float64':
      return cast(text, type);
    case 'Decimal':
      return /^[-+]?[\d.]+$/.test(text) ? cast(text, type) : undefined;
    case 'Date32':
      return isShownYear(text) ? cast(text, type) : undefined;
    case 'DateTime64':
      return isShownYear(text) ? cast(text.replace(/\+00$/, ''), type) : undefined;
    case 'String':
      return quoteClickhouseText(typname === 'bytea' ? text.replace(/^\\x/, '') : text);
    default:
      return type satisfies never;
  }
}

function cast(text: string, type: BaseType): string {
  return `CAST(${quoteClickhouseText(text)}, '${escaped(type)}')`;
}

function escaped(type: ColumnType): string {
  return typeName(type, false).replaceAll("'", String.raw`\'`);
}

/** Years ClickHouse has dates for; it would take the nearest one in silence. */
function isShownYear(text: string): boolean {
  const year = /^(\d{4})-\d{2}-\d{2}/.exec(text)?.[1];
  return year !== undefined && !text.endsWith('BC') && Number(year) >= 1900 && Number(year) <= 2299;
}

/**
 * What a column of a new type reads as in rows that have only the old one, where the conversion is the one Postgres
 * makes. Undefined: such rows read NULL until they are read again.
 */
export function conversionExpression(
  { physical, type: from, isNullable }: Pick<PhysicalColumn, 'physical' | 'type' | 'isNullable'>,
  to: ColumnType,
): string | undefined {
  const name = quoteClickhouseName(physical);
  const isExact = isWidening(from, to) || (isWhole(from) && to.kind === 'Decimal' && to.precision - to.scale >= 19);
  if (isExact) return `CAST(${name}, '${typeName(to, isNullable).replaceAll("'", String.raw`\'`)}')`;
  if (to.kind !== 'String') return undefined;
  if (from.kind === 'Decimal') return `toDecimalString(${name}, ${from.scale})`;
  return TEXT_ALIKE.has(from.kind) ? `toString(${name})` : undefined;
}

function isWhole(type: ColumnType): boolean {
  return type.kind === 'Int16' || type.kind === 'Int32' || type.kind === 'Int64';
}

/** Types whose text is the same in both engines. */
const TEXT_ALIKE: ReadonlySet<string> = new Set(['Bool', 'Int16', 'Int32', 'Int64', 'UUID', 'Date32']);

/** The elements of a one-dimensional array in Postgres' text form; undefined for any other. */
export function parseArrayText(text: string): (string | null)[] | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  const inner = text.slice(1, -1);
  if (inner === '') return [];
  const elements: (string | null)[] = [];
  const token = /(?:"((?:[^"\\]|\\.)*)"|([^",{}]+))(,|$)/gy;
  while (token.lastIndex < inner.length) {
    const match = token.exec(inner);
    if (match === null) return undefined;
    const [, quoted, plain = '', end] = match;
    if (quoted !== undefined) elements.push(quoted.replaceAll(/\\(.)/gs, '$1'));
    else elements.push(plain.toUpperCase() === 'NULL' ? null : plain);
    if (end === '') break;
  }
  return elements;
}
