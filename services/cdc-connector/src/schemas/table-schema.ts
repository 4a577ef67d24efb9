import type { JsonSchema } from '@ebb/contracts';
import { z } from 'zod';

export const tableColumn = z.object({
  attnum: z.number(),
  name: z.string(),
  type: z.string(),
  base_type: z.string().optional(),
  typname: z.string(),
  not_null: z.boolean(),
  key_position: z.number().nullable(),
  default: z.string(),
  generated: z.string().optional(),
  enum_values: z.array(z.string()).optional(),
  element_type: z.string().optional(),
});
export type TableColumn = z.infer<typeof tableColumn>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Messages' keys of a table, as they were under one set of columns. */
export function keySchema(topic: string, columns: readonly TableColumn[]): JsonSchema {
  const keys = columns
    .filter((column) => column.key_position !== null)
    .toSorted((a, b) => (a.key_position ?? 0) - (b.key_position ?? 0));
  return { $schema: DIALECT, title: `${topic} key`, ...rowSchema(keys), additionalProperties: false };
}

/** Messages' values: Debezium's envelope around rows with one set of columns. */
export function valueSchema(topic: string, columns: readonly TableColumn[]): JsonSchema {
  const row = { anyOf: [{ type: 'null' }, rowSchema(columns)] };
  return {
    $schema: DIALECT,
    title: `${topic} value`,
    description: 'A change of one row; null (a tombstone) follows a delete',
    type: ['object', 'null'],
    required: ['op', 'source'],
    properties: {
      op: { enum: ['c', 'u', 'd', 'r', 't', 'm'] },
      before: row,
      after: row,
      ts_ms: { type: 'integer' },
      ts_us: { type: 'integer' },
      ts_ns: { type: 'integer' },
      transaction: { type: ['object', 'null'] },
      source: SOURCE,
    },
  };
}

const SOURCE: JsonSchema = {
  type: 'object',
  required: ['schema', 'table', 'lsn', 'sequence'],
  properties: {
    schema: { type: 'string' },
    table: { type: 'string' },
    db: { type: 'string' },
    lsn: { type: ['integer', 'null'], description: 'position of the change in the log; null in incremental snapshots' },
    sequence: {
      type: ['string', 'null'],
      description: 'JSON: [end of the last commit before, position of the change]',
    },
    txId: { type: ['integer', 'null'] },
    snapshot: { type: ['string', 'null'] },
    ts_us: { type: 'integer', description: 'commit time, µs' },
  },
};

function rowSchema(columns: readonly TableColumn[]): JsonSchema {
  const sent = columns.filter((column) => column.generated !== 'v');
  return {
    type: 'object',
    required: sent.map((column) => column.name),
    properties: Object.fromEntries(sent.map((column) => [column.name, columnSchema(column)])),
  };
}

function columnSchema(column: TableColumn): JsonSchema {
  const base = column.element_type === undefined ? scalarSchema(column) : arraySchema(column);
  const description =
    column.base_type === undefined || column.base_type === column.type
      ? column.type
      : `${column.type} (${column.base_type})`;
  return column.not_null ? { ...base, description } : { ...nullable(base), description };
}

function arraySchema(column: TableColumn): JsonSchema {
  const element = scalarSchema({ ...column, typname: column.typname.replace(/^_/, '') });
  return { type: 'array', items: nullable(element) };
}

function scalarSchema({ typname, enum_values: values }: TableColumn): JsonSchema {
  if (values !== undefined) return { type: 'string', enum: values };
  return SCALARS[typname] ?? { type: 'string' };
}

/** As the connector writes them; everything else is text. */
const SCALARS: Readonly<Record<string, JsonSchema>> = {
  bool: { type: 'boolean' },
  int2: { type: 'integer', minimum: -32_768, maximum: 32_767 },
  int4: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  int8: { type: 'integer' },
  oid: { type: 'integer' },
  float4: { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] },
  float8: { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] },
  numeric: { type: 'string', pattern: String.raw`^(-?\d+(\.\d+)?|NAN|(POSITIVE|NEGATIVE)_INFINITY)$` },
  date: { type: 'string', pattern: String.raw`^[+-]?\d{4,}-\d\d-\d\dZ$` },
  timestamp: { type: 'string', pattern: String.raw`^[+-]?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$` },
  timestamptz: { type: 'string', pattern: String.raw`^([+-]?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|-?infinity)$` },
  bytea: { type: 'string', pattern: '^([0-9a-f]{2})*$' },
  uuid: { type: 'string', format: 'uuid' },
  json: { type: 'string', contentMediaType: 'application/json' },
  jsonb: { type: 'string', contentMediaType: 'application/json' },
  point: { type: 'object' },
};

function nullable(schema: JsonSchema): JsonSchema {
  if (typeof schema['type'] === 'string' && schema['enum'] === undefined)
    return { ...schema, type: [schema['type'], 'null'] };
  return { anyOf: [{ type: 'null' }, schema] };
}
