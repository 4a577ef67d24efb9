import { quoteClickhouseName } from '@ebb/clickhouse';
import { WorkerError } from '../errors.ts';

/** A column as ClickHouse's DESCRIBE tells it. */
export interface WarehouseColumn {
  readonly name: string;
  readonly type: string;
}

/** Types of ClickHouse, and those in their place that Parquet and Iceberg both have and every engine reads alike. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^U?Int(?:8|16|32|64)$/, 'Int64'],
  [/^Float(?:32|64)$/, 'Float64'],
  [/^Decimal\((?:[1-9]|[12]\d|3[0-8]), \d+\)$/, ''],
  [/^Bool$/, ''],
  [/^Date(?:32)?$/, 'Date32'],
  [/^DateTime(?:64)?(?:\(.*\))?$/, "DateTime64(6, 'UTC')"],
  [/^(?:String|FixedString\(\d+\)|UUID|Enum(?:8|16)\(.*\))$/, 'String'],
];
const FEATURES = /^Map\((?:LowCardinality\()?String\)?, Float64\)$/;

/**
 * The select list that exports these columns. All but maps may be NULL in the files: a column that is added or dropped
 * later then is no break with the history. Raises NO_LAKE_TYPE for a type that has no counterpart.
 */
export function lakeSelect(columns: readonly WarehouseColumn[]): string {
  return columns.map((column) => `${lakeCast(column)} AS ${quoteClickhouseName(column.name)}`).join(', ');
}

function lakeCast({ name, type }: WarehouseColumn): string {
  const quoted = quoteClickhouseName(name);
  if (FEATURES.test(type)) return `CAST(${quoted} AS Map(String, Float64))`;
  const plain = withoutWrappers(type);
  const found = TYPES.find(([pattern]) => pattern.test(plain));
  if (found === undefined) {
    throw new WorkerError('NO_LAKE_TYPE', `column ${name} is of type ${type}, which has no counterpart in the lake`);
  }
  // For whole numbers: raises where one does not fit, instead of wrapping around.
  const cast = found[1] === 'Int64' ? 'accurateCast' : 'CAST';
  return `${cast}(${quoted}, 'Nullable(${(found[1] || plain).replaceAll("'", String.raw`\'`)})')`;
}

function withoutWrappers(type: string): string {
  const inside = /^(?:LowCardinality|Nullable)\((.*)\)$/.exec(type)?.[1];
  return inside === undefined ? type : withoutWrappers(inside);
}
