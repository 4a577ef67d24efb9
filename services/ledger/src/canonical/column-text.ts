/** A column as Postgres declares it. */
export interface PostgresColumn {
  readonly name: string;
  /** `pg_type.typname` under domains; of arrays that of the element. */
  readonly typname: string;
  readonly isArray: boolean;
  readonly isEnum: boolean;
  readonly isNullable: boolean;
}

/** SQL in both engines that gives the same text for the same value; never NULL when `isNullable` is false. */
export interface ColumnText {
  readonly postgres: string;
  readonly clickhouse: string;
}

type Canon = 'plain' | 'bool' | 'decimal' | 'micros' | 'date' | 'float4' | 'float8' | 'padded' | 'bytes' | 'bit';

/**
 * Types whose values both engines can write alike. Others (intervals, money, geometry, ranges …) are kept in ClickHouse
 * in a form of the connector's; they are named as not compared, never silently taken for equal.
 */
const CANONS: Readonly<Record<string, Canon>> = {
  bool: 'bool',
  int2: 'plain',
  int4: 'plain',
  int8: 'plain',
  oid: 'plain',
  float4: 'float4',
  float8: 'float8',
  numeric: 'decimal',
  text: 'plain',
  varchar: 'plain',
  citext: 'plain',
  json: 'plain',
  jsonb: 'plain',
  xml: 'plain',
  bpchar: 'padded',
  bytea: 'bytes',
  uuid: 'plain',
  date: 'date',
  timestamp: 'micros',
  timestamptz: 'micros',
  time: 'plain',
  bit: 'bit',
};

/** Microseconds from 1970 to 2000, where Postgres' clock starts. */
const EPOCH_SHIFT_US = '946684800000000';

/**
 * How a column is compared, from its type in Postgres and that in ClickHouse, as `system.columns` names it. Null where
 * the two have no common text.
 */
export function columnText(column: PostgresColumn, clickhouseType: string): ColumnText | null {
  const type = bareType(clickhouseType);
  if (column.isArray) return arrayText(column, type);
  const canon = canonOf(column, type);
  if (canon === null || type.startsWith('Array(')) return null;
  return scalarText(canon, quotePostgres(column.name), quoteClickhouse(column.name), type);
}

function canonOf({ typname, isEnum }: PostgresColumn, clickhouseType: string): Canon | null {
  const canon = isEnum ? 'plain' : Object.hasOwn(CANONS, typname) ? (CANONS[typname] ?? null) : null;
  // A numeric without precision is kept as its text, whose scale is part of the value.
  return canon === 'decimal' && clickhouseType === 'String' ? 'plain' : canon;
}

function scalarText(canon: Canon, p: string, c: string, type: string): ColumnText {
  switch (canon) {
    case 'decimal':
      // ClickHouse writes decimals without trailing zeros.
      return { postgres: `trim_scale(${p})`, clickhouse: `toString(${c})` };
    case 'micros':
      // Whole numbers: both engines take ten times as long to write a time as text.
      return {
        postgres: `(timestamptz_send(${p}::timestamptz)::bigint + ${EPOCH_SHIFT_US})`,
        clickhouse: `toString(toUnixTimestamp64Micro(${c}))`,
      };
    case 'bool':
      // A boolean among other values is written with one letter.
      return { postgres: `${p}::text`, clickhouse: `toString(${c})` };
    case 'date':
      return { postgres: p, clickhouse: `toString(${c})` };
    case 'float4':
      return floatText(p, c, type);
    case 'float8':
      return floatText(p, c, type);
    case 'padded':
      return { postgres: `rtrim(${p}::text, ' ')`, clickhouse: `trimRight(${c})` };
    case 'bytes':
      return { postgres: `encode(${p}, 'hex')`, clickhouse: `lower(${c})` };
    case 'bit':
      return { postgres: `${p}::text`, clickhouse: c };
    case 'plain':
      return { postgres: p, clickhouse: type === 'String' || type === 'LowCardinality(String)' ? c : `toString(${c})` };
    default:
      return canon satisfies never;
  }
}

/** The bits of the number, since the engines write it differently; all NaN are one. */
function floatText(p: string, c: string, type: string): ColumnText {
  const isNarrow = type === 'Float32';
  const [send, bits] = isNarrow ? ['float4send', 'int4'] : ['float8send', 'int8'];
  const [cast, read] = isNarrow ? ['float4', 'reinterpretAsInt32'] : ['float8', 'reinterpretAsInt64'];
  return {
    postgres: `CASE WHEN ${p} = 'NaN' THEN 'NaN' ELSE ${send}(${p}::${cast})::${bits}::text END`,
    clickhouse: `if(isNaN(${c}), 'NaN', toString(${read}(${c})))`,
  };
}

/** How a NULL element is written; a text of the same letters has its length in front. */
const NULL_ELEMENT = 'NULL';

function arrayText(column: PostgresColumn, type: string): ColumnText | null {
  const element = /^Array\((?:Nullable\()?(.+?)\)?\)$/.exec(type)?.[1];
  if (element === undefined) return null;
  const elementType = element.replace(/\)$/, (end) => (element.includes('(') ? end : ''));
  const canon = canonOf(column, elementType);
  if (canon === null) return null;
  const isText = elementType === 'String';
  if (isText && canon !== 'plain') return null;
  const text = scalarText(canon, 'e', 'assumeNotNull(x)', elementType);
  const p = quotePostgres(column.name);
  const c = quoteClickhouse(column.name);
  // Texts with their length in front, since they may hold anything.
  const inPostgres = isText ? `length(e) || ':' || e` : `(${text.postgres})::text`;
  const inClickhouse = isText
    ? `concat(toString(lengthUTF8(assumeNotNull(x))), ':', assumeNotNull(x))`
    : text.clickhouse;
  const postgres = `(SELECT count(*) || ':' || coalesce(string_agg(coalesce(${inPostgres}, '${NULL_ELEMENT}'), ',' ORDER BY n), '')
    FROM unnest(${p}) WITH ORDINALITY AS u (e, n))`;
  const elements = `arrayMap(x -> if(isNull(x), '${NULL_ELEMENT}', ${inClickhouse}), ${c})`;
  const clickhouse = `concat(toString(length(${c})), ':', arrayStringConcat(${elements}, ','))`;
  if (!column.isNullable) return { postgres, clickhouse };
  // The sink keeps NULL as an empty array with a flag beside it.
  return {
    postgres: `CASE WHEN ${p} IS NULL THEN 'null' ELSE ${postgres} END`,
    clickhouse: `if(${quoteClickhouse(`${column.name}__is_null`)}, 'null', ${clickhouse})`,
  };
}

/** A type without its Nullable and LowCardinality. */
export function bareType(type: string): string {
  return /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1] !== undefined
    ? bareType(type.replace(/^(?:Nullable|LowCardinality)\((.*)\)$/, '$1'))
    : type;
}

export function quotePostgres(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteClickhouse(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
