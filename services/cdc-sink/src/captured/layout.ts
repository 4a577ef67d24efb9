import { type RowBinaryWriter } from '@ebb/clickhouse';
import { asValueError, type Encode, encoderOf, writeZero } from './codec.ts';
import type { ColumnType } from './column-type.ts';
import { rawName } from './ddl.ts';
import type { RowOperation, RowValues } from './envelope.ts';
import { SchemaMismatchError, UnavailableValueError, ValueError } from './failures.ts';
import type { HistoryRow } from './history-row.ts';
import { type JournalTable, META_COLUMNS, type PhysicalColumn } from './journal.ts';
import { type Position, versionWords } from './position.ts';

export interface Field {
  readonly name: string;
  readonly physical: PhysicalColumn;
  readonly type: ColumnType;
  readonly isKey: boolean;
  readonly encode: Encode;
}

/**
 * How rows made under one schema of a table are written into its tables as they are now. Columns the schema does not
 * have are left out of the insert, so that such rows read there what rows stored before the change read.
 */
export interface Layout {
  readonly row: HistoryRow;
  readonly table: JournalTable;
  /** Distinguishes bodies that can be joined. */
  readonly id: string;
  readonly state: string;
  readonly log: string;
  readonly columns: readonly string[];
  readonly fields: readonly Field[];
  /** Columns a message of this schema has. */
  readonly width: number;
  readonly key: readonly Field[];
}

export interface RowMeta {
  readonly position: Position;
  readonly op: RowOperation;
  readonly partition: number;
  readonly offset: number;
  readonly commitTimeUs: number;
  readonly kafkaTimeMs: number;
}

export function compileLayout(row: HistoryRow, table: JournalTable): Layout {
  const sent = row.columns.filter(({ isVirtual }) => !isVirtual);
  const fields = sent.flatMap((column): Field[] => {
    const physical = physicalOf(table, column.attnum, row.id);
    if (physical === undefined) return [];
    const { type } = physical;
    const isKey = table.key.includes(physical.physical);
    return [{ name: column.name, physical, type, isKey, encode: encoderOf(column, type) }];
  });
  const columns = fields.flatMap(({ physical: { physical, nullMark } }) =>
    nullMark === null ? [physical] : [physical, nullMark],
  );
  return {
    row,
    table,
    id: `${table.stateTable} ${columns.join(' ')}`,
    state: rawName(table.stateTable),
    log: rawName(table.logTable),
    columns: [...columns, ...META_COLUMNS],
    fields,
    width: sent.length,
    key: fields.filter(({ isKey }) => isKey),
  };
}

/** The column that rows of the history row are written to; a column made later takes the rows from before as well. */
function physicalOf(table: JournalTable, attnum: number, ddlId: bigint): PhysicalColumn | undefined {
  const known = table.columns.filter((column) => column.attnum === attnum);
  return known.findLast(({ fromDdlId }) => fromDdlId <= ddlId) ?? known[0];
}

/** Why rows of this layout cannot be stored at all; undefined for nearly all. */
export function layoutProblem({ key, table }: Layout): string | undefined {
  if (key.length === table.key.length) return undefined;
  return `made before the primary key was (${table.key.join(', ')}), without all of its columns`;
}

/**
 * Writes one row, for state and log alike. Throws SchemaMismatchError, ValueError, UnavailableValueError or
 * InexactNumberError, after removing what it wrote.
 */
export function writeRow(writer: RowBinaryWriter, layout: Layout, values: RowValues, meta: RowMeta): void {
  const mark = writer.mark();
  try {
    if (widthOf(values) !== layout.width) throw new SchemaMismatchError(describeWidth(values, layout));
    const isDeleted = meta.op === 'd';
    for (const field of layout.fields) writeField(writer, field, values[field.name], isDeleted);
    writeMeta(writer, meta, isDeleted);
  } catch (error) {
    writer.truncate(mark);
    throw asValueError(error);
  }
}

function writeField(writer: RowBinaryWriter, field: Field, value: unknown, isDeleted: boolean): void {
  const { physical } = field;
  if (value === null) return writeNull(writer, field, isDeleted);
  if (value === undefined) throw new SchemaMismatchError(`the message has no column ${field.name}`);
  if (physical.isNullable) writer.notNull();
  try {
    field.encode(writer, value);
  } catch (error) {
    throw named(error, field.name);
  }
  if (physical.nullMark !== null) writer.bool(false);
}

function writeNull(writer: RowBinaryWriter, { name, physical, type, isKey }: Field, isDeleted: boolean): void {
  if (physical.isNullable) return writer.null();
  if (physical.nullMark !== null) {
    writeZero(writer, type);
    return writer.bool(true);
  }
  if (isKey) throw new ValueError(`${name} is part of the key and NULL`);
  // Without the whole old row a deleted one only has its key.
  if (!isDeleted) throw new SchemaMismatchError(`${name} is NULL, though the column is NOT NULL`);
  writeZero(writer, type);
}

function writeMeta(writer: RowBinaryWriter, meta: RowMeta, isDeleted: boolean): void {
  const [a, b, c, d] = versionWords(meta.position);
  writer.uint128Words(a, b, c, d);
  writer.uint8(isDeleted ? 1 : 0);
  writer.string(meta.op);
  writer.dateTime64Us(meta.commitTimeUs);
  writer.int32(meta.partition);
  writer.int64(meta.offset);
  writer.dateTime64Ms(meta.kafkaTimeMs);
}

/** Whether an update gave the row another key; Debezium splits such updates by the key of its own time, which may differ. */
export function hasMoved(layout: Layout, before: RowValues, after: RowValues): boolean {
  return layout.key.some(({ name }) => before[name] !== after[name] && before[name] !== undefined);
}

function widthOf(values: RowValues): number {
  return Object.keys(values).length;
}

function describeWidth(values: RowValues, layout: Layout): string {
  const expected = layout.row.columns.map(({ name }) => name);
  const surplus = Object.keys(values).filter((name) => !expected.includes(name));
  const missing = expected.filter((name) => !Object.hasOwn(values, name));
  return `the message has the columns ${surplus.join(', ') || '-'} too many and lacks ${missing.join(', ') || '-'}`;
}

function named(error: unknown, column: string): unknown {
  const known = asValueError(error);
  if (known instanceof ValueError) return new ValueError(`${column}: ${known.message}`);
  if (known instanceof SchemaMismatchError) return new SchemaMismatchError(`${column}: ${known.message}`);
  if (known instanceof UnavailableValueError) return new UnavailableValueError(column);
  return known;
}
