import { type ColumnText, quoteClickhouse, quotePostgres } from './column-text.ts';

/** A column that is compared. */
export interface ComparedColumn {
  readonly name: string;
  /** Declared type in Postgres, of arrays that of the whole. */
  readonly type: string;
  /** `pg_type.typname`, of arrays that of the element. */
  readonly typname: string;
  readonly isNullable: boolean;
  /** Whether ClickHouse has it as `Array(…)`, which has no NULL there. */
  readonly isArray: boolean;
  readonly text: ColumnText;
}

/** The key of the checksums: texts that no stored value holds, since nobody knows them. */
export interface RowSecret {
  readonly prefix: string;
  readonly separator: string;
  readonly nullMark: string;
}

const CONTROL = { separator: '\u001f', nullMark: '\u001e' } as const;

/** Splits the secret of a stack (hexadecimal, at least 32 digits). */
export function rowSecret(secret: string): RowSecret {
  return {
    prefix: secret.slice(16),
    separator: CONTROL.separator + secret.slice(0, 6),
    nullMark: CONTROL.nullMark + secret.slice(6, 12),
  };
}

/** Most arguments of one call in Postgres. */
const MOST_ARGUMENTS = 90;

/**
 * SQL for 64 bits of a row, signed, equal in both engines for equal rows: the first 8 bytes of the SHA-256 of all texts
 * behind the secret prefix, with a secret between them. Sums of it, modulo 2^64, are the checksum of a set of rows.
 */
export function rowHash(columns: readonly ComparedColumn[], secret: RowSecret): ColumnText {
  const separator = `'${secret.separator}'`;
  const postgres = columns.map(({ isNullable, text }) =>
    isNullable ? `coalesce((${text.postgres})::text, '${secret.nullMark}')` : text.postgres,
  );
  const clickhouse = columns.map(({ isNullable, isArray, text }) =>
    isNullable && !isArray ? `ifNull(${text.clickhouse}, '${secret.nullMark}')` : text.clickhouse,
  );
  const joined = joinPostgres([`'${secret.prefix}'`, ...postgres], separator);
  const parts = [`'${secret.prefix}'`, ...clickhouse].join(`, ${separator}, `);
  return {
    postgres: `substring(sha256(convert_to(${joined}, 'UTF8')) FOR 8)::bigint`,
    clickhouse: `reinterpretAsInt64(reverse(substring(SHA256(concat(${parts})), 1, 8)))`,
  };
}

function joinPostgres(texts: readonly string[], separator: string): string {
  if (texts.length <= MOST_ARGUMENTS) return `concat_ws(${separator}, ${texts.join(', ')})`;
  const head = `concat_ws(${separator}, ${texts.slice(0, MOST_ARGUMENTS).join(', ')})`;
  return joinPostgres([head, ...texts.slice(MOST_ARGUMENTS)], separator);
}

/** A column of a key: its text can be cast back and compared. */
export interface KeyColumn {
  readonly name: string;
  /** `pg_type.typname`. */
  readonly typname: string;
  /** Declared type, to cast a text back. */
  readonly type: string;
  readonly clickhouseType: string;
}

/** Types of key columns whose plain text is the same in both engines and can be read back. */
const PLAIN_KEYS = new Set([
  'bool',
  'int2',
  'int4',
  'int8',
  'oid',
  'text',
  'varchar',
  'citext',
  'uuid',
  'date',
  'time',
]);

/** SQL for the text of a key column by which the engines tell each other of rows; null where there is none. */
export function keyText(column: KeyColumn, isEnum: boolean): ColumnText | null {
  const p = quotePostgres(column.name);
  const c = quoteClickhouse(column.name);
  if (column.typname === 'timestamptz' || column.typname === 'timestamp') {
    return {
      postgres: `to_char(${p}::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`,
      clickhouse: `toString(${c})`,
    };
  }
  if (column.typname === 'numeric' && column.clickhouseType !== 'String') {
    return { postgres: `trim_scale(${p})::text`, clickhouse: `toString(${c})` };
  }
  if (!isEnum && column.typname !== 'numeric' && !PLAIN_KEYS.has(column.typname)) return null;
  return { postgres: `${p}::text`, clickhouse: column.clickhouseType === 'String' ? c : `toString(${c})` };
}

/** SQL for a number from 0 to 2^32 - 1 by which the rows of a table are spread over ranges, from their key alone. */
export function keySlot(keys: readonly ColumnText[]): ColumnText {
  return {
    postgres: `crc32(convert_to(concat_ws('|', ${keys.map(({ postgres }) => postgres).join(', ')}), 'UTF8'))`,
    clickhouse: `CRC32(concat(${keys.map(({ clickhouse }) => clickhouse).join(`, '|', `)}))`,
  };
}

/** The sum of signed 64-bit hashes as its remainder modulo 2^64. */
export function checksumOf(sum: string | bigint | null): bigint {
  return BigInt.asUintN(64, BigInt(sum ?? 0));
}
