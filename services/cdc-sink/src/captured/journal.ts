import { z } from 'zod';
import type { ColumnType } from './column-type.ts';

/** What the sink made of one column of Postgres; a column whose type changed has had several of these. */
export interface PhysicalColumn {
  readonly attnum: number;
  /** Name in state and log; never changes. */
  readonly physical: string;
  /** Name of the UInt8 column beside an array that tells NULL from an empty one. */
  readonly nullMark: string | null;
  readonly type: ColumnType;
  readonly isNullable: boolean;
  /** Rows of history rows from this id on are written here, */
  readonly fromDdlId: bigint;
  /** and before this one; null: still in use. */
  readonly untilDdlId: bigint | null;
  /** Name in Postgres, as last known. */
  readonly name: string;
  readonly attNotNull: boolean;
}

export type TableStatus = 'active' | 'stopped' | 'dropped';

/** Our own columns of state and log, whose names are not given to any other. */
export const META_COLUMNS: readonly string[] = [
  '_version',
  '_deleted',
  '_op',
  '_commit_time',
  '_partition',
  '_offset',
  '_kafka_time',
];

/** What the sink made of one table of Postgres (by oid); one row of ops.captured_tables. */
export interface JournalTable {
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  readonly status: TableStatus;
  readonly reason: string;
  readonly stateTable: string;
  readonly logTable: string;
  /** Physical names of the sorting key, in its order. */
  readonly key: readonly string[];
  /** `attnum`s of the primary key, in its order. */
  readonly keyAttnums: readonly number[];
  readonly columns: readonly PhysicalColumn[];
  /** Names of the views' tables; views are made again when it changes. */
  readonly viewName: string;
  /** The last row of ops.ddl_history that was applied, and its epoch. */
  readonly epoch: number;
  readonly ddlId: bigint;
}

const baseTypeSchema = z.union([
  z.object({
    kind: z.enum(['Bool', 'Int16', 'Int32', 'Int64', 'Float32', 'Float64', 'String', 'UUID', 'Date32', 'DateTime64']),
  }),
  z.object({ kind: z.literal('Decimal'), precision: z.int(), scale: z.int() }),
]);

const columnsSchema = z.array(
  z.object({
    attnum: z.int(),
    physical: z.string(),
    nullMark: z.string().nullable(),
    type: z.union([z.object({ kind: z.literal('Array'), element: baseTypeSchema }), baseTypeSchema]),
    isNullable: z.boolean(),
    fromDdlId: z.coerce.bigint(),
    untilDdlId: z.string().nullable(),
    name: z.string(),
    attNotNull: z.boolean(),
  }),
);

export function encodeColumns(columns: readonly PhysicalColumn[]): string {
  return JSON.stringify(columns, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

export function decodeColumns(text: string): PhysicalColumn[] {
  return columnsSchema.parse(JSON.parse(text)).map(({ untilDdlId, ...column }) => ({
    ...column,
    untilDdlId: untilDdlId === null ? null : BigInt(untilDdlId),
  }));
}

/** Columns that hold what Postgres has now, in Postgres' order. */
export function currentColumns(table: JournalTable): PhysicalColumn[] {
  return table.columns.filter(({ untilDdlId }) => untilDdlId === null).toSorted((a, b) => a.attnum - b.attnum);
}
