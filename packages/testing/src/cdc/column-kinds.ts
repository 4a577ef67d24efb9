import type { SeededRandom } from '@ebb/core';
import { quoteLiteral } from '@ebb/postgres';

/** A Postgres type and how to draw a SQL expression of it; edge cases come often. */
export interface ColumnKind {
  /** As in `CREATE TABLE`. */
  sqlType: string;
  draw: (random: SeededRandom) => string;
}

const HOSTILE_TEXTS = [
  '',
  ' ',
  'NULL',
  'null',
  'it\'s "quoted" \\ back\\slash',
  'line\nbreak\ttab\rreturn',
  'ünïcödé 北京 🦕 é',
  '{"not": "json"',
  // What a connector writes by default for a value it does not know; as data of somebody's it must stay data.
  '__debezium_unavailable_value',
  '\u0001\u001f\u007f',
  '{a,b}',
  '0',
];

const drawText = (random: SeededRandom): string =>
  random.bool(0.3) ? random.pick(HOSTILE_TEXTS) : `t${random.uint32().toString(36)}`;

const oneOf = (edges: readonly string[], otherwise: (random: SeededRandom) => string) => (random: SeededRandom) =>
  quoteLiteral(random.bool(0.25) ? random.pick(edges) : otherwise(random));

function drawDigits(random: SeededRandom, count: number): string {
  return Array.from({ length: count }, () => String(random.int(10))).join('');
}

function drawDecimal(random: SeededRandom, wholeDigits: number, scale: number): string {
  const sign = random.bool(0.3) ? '-' : '';
  const whole = drawDigits(random, 1 + random.int(wholeDigits));
  return `${sign}${whole}.${drawDigits(random, scale)}`;
}

/** Between 1900 and 2299, which ClickHouse can hold. */
function drawDay(random: SeededRandom): string {
  const day = new Date(Date.UTC(1970, 0, 1) + (random.int(60_000) - 20_000) * 86_400_000);
  return day.toISOString().slice(0, 10);
}

function drawClock(random: SeededRandom): string {
  const two = (n: number): string => String(random.int(n)).padStart(2, '0');
  const fraction = random.pick(['', '.5', `.${drawDigits(random, 3)}`, `.${drawDigits(random, 6)}`]);
  return `${two(24)}:${two(60)}:${two(60)}${fraction}`;
}

const DAY_EDGES = ['1970-01-01', '1969-12-31', '1900-01-01', '2299-12-31', '2024-02-29'];
const TIME_EDGES = [
  '1970-01-01 00:00:00',
  '1969-12-31 23:59:59.999999',
  '1900-01-01 00:00:00',
  '2299-12-30 23:59:59.999999',
  '2026-03-29 01:59:59.000001',
];

const drawArray =
  (element: (random: SeededRandom) => string, sqlType: string) =>
  (random: SeededRandom): string => {
    const count = random.pick([0, 1, 2, 5]);
    const elements = Array.from({ length: count }, () => (random.bool(0.15) ? 'NULL' : element(random)));
    return `ARRAY[${elements.join(', ')}]::${sqlType}`;
  };

function drawJson(random: SeededRandom, depth = 2): unknown {
  const kind = random.int(depth > 0 ? 6 : 4);
  if (kind === 0) return drawText(random);
  if (kind === 1) return random.pick([0, -1, 1.5, 9_007_199_254_740_991, 1e-7, 12_345.678_9]);
  if (kind === 2) return [true, false, null][random.int(3)];
  if (kind === 3) return random.uint32();
  if (kind === 4) return Array.from({ length: random.int(4) }, () => drawJson(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: random.int(4) }, (_, index) => [`k${index}`, drawJson(random, depth - 1)]),
  );
}

const drawJsonText = (random: SeededRandom): string =>
  // A number beyond a float's precision, which a detour through JSON.parse would round.
  random.bool(0.1) ? '{"exact": 12345678901234567890.123456789, "z": 1, "a": 2}' : JSON.stringify(drawJson(random));

/** Some 10 kB that do not compress, so that Postgres stores them out of line. */
const drawBody = (random: SeededRandom): string =>
  `(SELECT string_agg(md5('${random.uint32()}' || i), '') FROM generate_series(1, 320) i)`;

const drawUuid = (random: SeededRandom): string => {
  const hex = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
};

export const MOODS = ['calm', 'Very "odd"', 'naïve', 'x,y'] as const;

export const COLUMN_KINDS = {
  bool: { sqlType: 'boolean', draw: (random) => String(random.bool(0.5)) },
  int2: { sqlType: 'smallint', draw: oneOf(['-32768', '32767', '0'], (random) => String(random.int(1_000))) },
  int4: { sqlType: 'integer', draw: oneOf(['-2147483648', '2147483647'], (random) => String(random.int(1_000_000))) },
  int8: {
    sqlType: 'bigint',
    draw: oneOf(['-9223372036854775808', '9223372036854775807', '9007199254740993'], (random) =>
      String(random.uint32()),
    ),
  },
  money: {
    sqlType: 'numeric(20,4)',
    draw: oneOf(['99999999999999.9999', '0.0001', '-0.0001', '9999999999999999.9999', '0'], (random) =>
      drawDecimal(random, 12, 4),
    ),
  },
  wide: {
    sqlType: 'numeric(38,10)',
    draw: oneOf(['9999999999999999999999999999.9999999999', '-0.0000000001'], (random) => drawDecimal(random, 20, 10)),
  },
  free: {
    sqlType: 'numeric',
    draw: oneOf(
      ['123456789012345678901234567890123456789012.123456789012345678901234567890', '1.10', '0.00', '1e-30', '1e30'],
      (random) => drawDecimal(random, 10, random.int(8) + 1),
    ),
  },
  float8: {
    sqlType: 'double precision',
    draw: oneOf(['0.1', '-0', '1e308', '5e-324', 'NaN', 'Infinity', '-Infinity'], (random) => String(random.float())),
  },
  float4: { sqlType: 'real', draw: oneOf(['0.1', '1e38', '-1.5'], (random) => String(random.int(1_000) / 8)) },
  moment: {
    sqlType: 'timestamptz',
    draw: oneOf(
      TIME_EDGES.map((edge) => `${edge}+00`),
      (random) => `${drawDay(random)} ${drawClock(random)}+02`,
    ),
  },
  local: { sqlType: 'timestamp', draw: oneOf(TIME_EDGES, (random) => `${drawDay(random)} ${drawClock(random)}`) },
  localMs: { sqlType: 'timestamp(3)', draw: (random) => quoteLiteral(`${drawDay(random)} ${drawClock(random)}`) },
  day: { sqlType: 'date', draw: oneOf(DAY_EDGES, drawDay) },
  clock: { sqlType: 'time', draw: oneOf(['00:00:00', '23:59:59.999999'], drawClock) },
  text: { sqlType: 'text', draw: (random) => quoteLiteral(drawText(random)) },
  code: { sqlType: 'varchar(60)', draw: (random) => quoteLiteral(drawText(random)) },
  body: { sqlType: 'text', draw: drawBody },
  jsonb: { sqlType: 'jsonb', draw: (random) => quoteLiteral(drawJsonText(random)) },
  json: { sqlType: 'json', draw: (random) => quoteLiteral(drawJsonText(random)) },
  texts: { sqlType: 'text[]', draw: drawArray((random) => quoteLiteral(drawText(random)), 'text[]') },
  numbers: { sqlType: 'bigint[]', draw: drawArray((random) => String(random.uint32()), 'bigint[]') },
  amounts: { sqlType: 'numeric(12,2)[]', draw: drawArray((random) => drawDecimal(random, 6, 2), 'numeric(12,2)[]') },
  bytes: {
    sqlType: 'bytea',
    draw: (random) => quoteLiteral(`\\x${random.bool(0.2) ? '' : random.uint32().toString(16).padStart(8, '0')}`),
  },
  uuid: { sqlType: 'uuid', draw: (random) => quoteLiteral(drawUuid(random)) },
} as const satisfies Record<string, ColumnKind>;

/** An enum type has a name of its own in each schema. */
export function enumKind(sqlType: string): ColumnKind {
  return { sqlType, draw: (random) => quoteLiteral(random.pick(MOODS)) };
}
