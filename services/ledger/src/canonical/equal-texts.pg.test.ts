import { testClickhouse, testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { loadShape } from '../compare/table-shape.ts';
import { rowSecret } from './row-hash.ts';

const SECRET = rowSecret('0123456789abcdef0123456789abcdef0123456789abcdef');

/** One column of each type: type in Postgres, type in ClickHouse, and values in either engine's own words. */
const COLUMNS: readonly (readonly [string, string, string, readonly (readonly [string, string])[]])[] = [
  [
    'b',
    'boolean',
    'Nullable(Bool)',
    [
      ['true', 'true'],
      ['NULL', 'NULL'],
      ['false', 'false'],
    ],
  ],
  [
    'bn',
    'boolean NOT NULL',
    'Bool',
    [
      ['true', 'true'],
      ['false', 'false'],
      ['false', 'false'],
    ],
  ],
  [
    'i2',
    'smallint',
    'Nullable(Int16)',
    [
      ['-3', '-3'],
      ['NULL', 'NULL'],
      ['0', '0'],
    ],
  ],
  [
    'i8',
    'bigint',
    'Nullable(Int64)',
    [
      ['9007199254740993', '9007199254740993'],
      ['NULL', 'NULL'],
      ['0', '0'],
    ],
  ],
  [
    'f4',
    'real',
    'Nullable(Float32)',
    [
      ['1.1', '1.1'],
      ['NULL', 'NULL'],
      [`'NaN'`, 'nan'],
    ],
  ],
  [
    'f8',
    'double precision',
    'Nullable(Float64)',
    [
      ['0.1', '0.1'],
      [`'-Infinity'`, '-inf'],
      ['-0.0::float8', '-0.0'],
    ],
  ],
  [
    'n',
    'numeric(20, 4)',
    'Nullable(Decimal(20, 4))',
    [
      ['12.5000', '12.5'],
      ['NULL', 'NULL'],
      ['-0.0001', '-0.0001'],
    ],
  ],
  [
    'nn',
    'numeric',
    'Nullable(String)',
    [
      ['1.500', `'1.500'`],
      ['NULL', 'NULL'],
      ['0', `'0'`],
    ],
  ],
  [
    't',
    'text',
    'Nullable(String)',
    [
      [`'hü€😀'`, `'hü€😀'`],
      ['NULL', 'NULL'],
      [`''`, `''`],
    ],
  ],
  [
    'p',
    'char(5)',
    'Nullable(String)',
    [
      [`'ab'`, `'ab   '`],
      ['NULL', 'NULL'],
      [`''`, `'     '`],
    ],
  ],
  [
    'u',
    'uuid',
    'Nullable(UUID)',
    [
      [`'6f1d1c4e-6f0b-5d0c-9a53-0f0d6f7c2b11'`, `'6f1d1c4e-6f0b-5d0c-9a53-0f0d6f7c2b11'`],
      ['NULL', 'NULL'],
      ['NULL', 'NULL'],
    ],
  ],
  [
    'd',
    'date',
    'Nullable(Date32)',
    [
      [`'2024-02-29'`, `'2024-02-29'`],
      ['NULL', 'NULL'],
      [`'1900-01-01'`, `'1900-01-01'`],
    ],
  ],
  [
    'ts',
    'timestamp',
    `Nullable(DateTime64(6, 'UTC'))`,
    [
      [`'1969-12-31 23:59:59.999999'`, `'1969-12-31 23:59:59.999999'`],
      ['NULL', 'NULL'],
      [`'2299-12-31 00:00:00'`, `'2299-12-31 00:00:00'`],
    ],
  ],
  [
    'tz',
    'timestamptz',
    `Nullable(DateTime64(6, 'UTC'))`,
    [
      [`'2026-01-01 00:00:00.5+02'`, `'2025-12-31 22:00:00.5'`],
      ['NULL', 'NULL'],
      [`'epoch'`, `'1970-01-01 00:00:00'`],
    ],
  ],
  [
    'tm',
    'time',
    'Nullable(String)',
    [
      [`'10:00:00.5'`, `'10:00:00.5'`],
      ['NULL', 'NULL'],
      [`'00:00'`, `'00:00:00'`],
    ],
  ],
  [
    'j',
    'json',
    'Nullable(String)',
    [
      [`'{"a":  1}'`, `'{"a":  1}'`],
      ['NULL', 'NULL'],
      [`'[]'`, `'[]'`],
    ],
  ],
  [
    'jb',
    'jsonb',
    'Nullable(String)',
    [
      [`'{"b":2,"a":1}'`, `'{"a": 1, "b": 2}'`],
      ['NULL', 'NULL'],
      [`'[]'`, `'[]'`],
    ],
  ],
  [
    'y',
    'bytea',
    'Nullable(String)',
    [
      [`'\\xdeadbeef'`, `'deadbeef'`],
      ['NULL', 'NULL'],
      [`''`, `''`],
    ],
  ],
  [
    'm',
    'mood',
    'LowCardinality(Nullable(String))',
    [
      [`'glad'`, `'glad'`],
      ['NULL', 'NULL'],
      [`'sad'`, `'sad'`],
    ],
  ],
  [
    'bits',
    'bit(4)',
    'Nullable(String)',
    [
      [`B'0101'`, `'0101'`],
      ['NULL', 'NULL'],
      [`B'0000'`, `'0000'`],
    ],
  ],
  [
    'ai',
    'integer[]',
    'Array(Nullable(Int32))',
    [
      [`'{1,NULL,3}'`, '[1, NULL, 3]'],
      ['NULL', '[]'],
      [`'{}'`, '[]'],
    ],
  ],
  [
    'at',
    `text[] NOT NULL`,
    'Array(Nullable(String))',
    [
      [`'{"a,b",NULL,"NULL"}'`, `['a,b', NULL, 'NULL']`],
      [`'{}'`, '[]'],
      [`'{""}'`, `['']`],
    ],
  ],
  [
    'an',
    'numeric(10, 2)[]',
    'Array(Nullable(Decimal(10, 2)))',
    [
      [`'{1.50,2}'`, '[1.5, 2]'],
      ['NULL', '[]'],
      [`'{}'`, '[]'],
    ],
  ],
  [
    'af',
    'double precision[]',
    'Array(Nullable(Float64))',
    [
      [`'{0.1,NaN}'`, '[0.1, nan]'],
      ['NULL', '[]'],
      [`'{}'`, '[]'],
    ],
  ],
  [
    'az',
    'timestamptz[]',
    `Array(Nullable(DateTime64(6, 'UTC')))`,
    [
      [`'{2026-01-01 00:00:00+00,NULL}'`, `['2026-01-01 00:00:00', NULL]`],
      ['NULL', '[]'],
      [`'{}'`, '[]'],
    ],
  ],
  [
    'ab',
    'boolean[]',
    'Array(Nullable(Bool))',
    [
      [`'{t,f}'`, '[true, false]'],
      ['NULL', '[]'],
      [`'{}'`, '[]'],
    ],
  ],
];

const isNullableArray = (type: string): boolean => type.endsWith('[]');

async function load() {
  const { pool } = await testPostgres();
  const { clickhouse } = await testClickhouse();
  await pool.query(`CREATE TYPE mood AS ENUM ('glad', 'sad')`);
  const ours = COLUMNS.map(([name, type]) => `"${name}" ${type}`);
  await pool.query(
    `CREATE TABLE public.t (id integer, k text COLLATE "C", ${ours.join(', ')}, iv interval, PRIMARY KEY (id, k))`,
  );
  const theirs = COLUMNS.flatMap(([name, type, other]) => [
    `\`${name}\` ${other}`,
    ...(isNullableArray(type) ? [`\`${name}__is_null\` Bool`] : []),
  ]);
  await clickhouse.command(
    `CREATE TABLE raw.t (id Int64, k String, ${theirs.join(', ')}, iv Nullable(String)) ENGINE = MergeTree ORDER BY (id, k)`,
  );
  for (const row of [0, 1, 2]) {
    await pool.query(
      `INSERT INTO public.t VALUES (${row}, 'k|${row}', ${COLUMNS.map(([, , , values]) => values[row]?.[0]).join(', ')}, '1 day')`,
    );
    const values = COLUMNS.flatMap(([, type, , pairs]) => [
      pairs[row]?.[1],
      ...(isNullableArray(type) ? [String(pairs[row]?.[0] === 'NULL')] : []),
    ]);
    await clickhouse.command(`INSERT INTO raw.t VALUES (${row}, 'k|${row}', ${values.join(', ')}, 'P1D')`);
  }
  const names = { schema: 'public', table: 't', clickhouseDatabase: 'raw', clickhouseTable: 't' };
  const shape = await loadShape({ pool, clickhouse }, names, SECRET);
  if (shape === null) throw new Error('the table has no shape');
  return { pool, clickhouse, shape };
}

test(
  'every type has the same text in both engines, and rows the same hash and place',
  { timeout: 60_000 },
  async () => {
    const { pool, clickhouse, shape } = await load();
    expect(shape.uncompared).toEqual(['iv']);
    expect(shape.columns.map(({ name }) => name)).toEqual(['id', 'k', ...COLUMNS.map(([name]) => name)]);
    const texts = async (postgres: string, other: string): Promise<unknown[][]> => {
      const { rows } = await pool.query<{ v: string | null }>(
        `SELECT (${postgres})::text AS v FROM public.t ORDER BY id`,
      );
      const found = await clickhouse.query<{ v: unknown }>(`SELECT ${other} AS v FROM raw.t ORDER BY id`);
      return [rows.map(({ v }) => v), found.map(({ v }) => (typeof v === 'number' ? String(v) : v))];
    };
    for (const { name, text } of shape.columns) {
      const [ours, theirs] = await texts(text.postgres, text.clickhouse);
      expect({ name, texts: theirs }).toEqual({ name, texts: ours });
    }
    const [hashes, sameHashes] = await texts(shape.hash.postgres, shape.hash.clickhouse);
    expect(sameHashes).toEqual(hashes);
    expect(new Set(hashes).size).toBe(3);
    const [slots, sameSlots] = await texts(shape.slot.postgres, shape.slot.clickhouse);
    expect(sameSlots).toEqual(slots);
    // NULL is no text, and a value moved to the next column is another row.
    await pool.query(`UPDATE public.t SET t = '' WHERE id = 1`);
    const [changed] = await texts(shape.hash.postgres, shape.hash.clickhouse);
    expect(changed?.[1]).not.toBe(hashes?.[1]);
  },
);
