import { z } from 'zod';
import { parsePgLsn } from './position.ts';

/** One column of a captured table as ops.ddl_history describes it; `attnum` is its identity. */
export interface HistoryColumn {
  readonly attnum: number;
  readonly name: string;
  /** As declared; may be a domain. */
  readonly type: string;
  /** The type below domains, like `numeric(10,2)`. */
  readonly baseType: string;
  /** pg_type's name of the base type; `_int4` for int4[]. */
  readonly typname: string;
  readonly notNull: boolean;
  /** 1 for the first column of the primary key; null outside it. */
  readonly keyPosition: number | null;
  readonly default: 'none' | 'constant' | 'volatile';
  /** What rows older than the column read as; null: NULL. */
  readonly missingValue: string | null;
  readonly elementType: string | null;
  readonly isEnum: boolean;
  /** Virtual generated columns are not published. */
  readonly isVirtual: boolean;
}

/** A table's columns from `lsn` on, until the next row of that table. */
export interface HistoryRow {
  readonly id: bigint;
  readonly lsn: bigint;
  readonly origin: 'trigger' | 'drift' | 'initial';
  readonly kind: 'create' | 'alter' | 'rename' | 'drop' | 'initial' | 'drift';
  readonly schema: string;
  readonly table: string;
  readonly oid: number;
  readonly command: string | null;
  /** Rows got other values without row events; they will be read again. */
  readonly rewrites: boolean;
  readonly columns: readonly HistoryColumn[];
}

/** A slot's life: messages with this epoch in their header were made under history rows from `firstDdlId` on. */
export interface Epoch {
  readonly epoch: number;
  readonly firstDdlId: bigint;
  /** All rows of its initial snapshot are in Kafka. */
  readonly isSnapshotComplete: boolean;
}

const columnSchema = z
  .object({
    attnum: z.int().min(1),
    name: z.string().min(1),
    type: z.string(),
    base_type: z.string().optional(),
    typname: z.string(),
    not_null: z.boolean(),
    key_position: z.int().min(1).nullish(),
    default: z.enum(['none', 'constant', 'volatile']),
    missing_value: z.string().nullish(),
    element_type: z.string().nullish(),
    enum_values: z.array(z.string()).nullish(),
    generated: z.string().nullish(),
  })
  .transform((column) => ({
    attnum: column.attnum,
    name: column.name,
    type: column.type,
    baseType: column.base_type ?? column.type,
    typname: column.typname,
    notNull: column.not_null,
    keyPosition: column.key_position ?? null,
    default: column.default,
    missingValue: column.missing_value ?? null,
    elementType: column.element_type ?? null,
    isEnum: column.enum_values !== undefined && column.enum_values !== null,
    isVirtual: column.generated === 'v',
  }));

const rowSchema = z
  .object({
    id: z.string().regex(/^\d+$/),
    lsn: z.string().regex(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/),
    origin: z.enum(['trigger', 'drift', 'initial']),
    kind: z.enum(['create', 'alter', 'rename', 'drop', 'initial', 'drift']),
    schema_name: z.string(),
    table_name: z.string(),
    table_oid: z.coerce.number().int().min(1),
    command: z.string().nullable(),
    rewrites: z.boolean(),
    columns: z.array(columnSchema),
  })
  .transform((row): HistoryRow => ({
    id: BigInt(row.id),
    lsn: parsePgLsn(row.lsn),
    origin: row.origin,
    kind: row.kind,
    schema: row.schema_name,
    table: row.table_name,
    oid: row.table_oid,
    command: row.command,
    rewrites: row.rewrites,
    columns: row.columns.toSorted((a, b) => a.attnum - b.attnum),
  }));

/** A row of `SELECT … FROM ops.ddl_history` with id and lsn as text. Throws a ZodError for what is none. */
export function parseHistoryRow(row: unknown): HistoryRow {
  return rowSchema.parse(row);
}
