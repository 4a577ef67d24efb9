import type { Clickhouse } from '@ebb/clickhouse';
import { EbbError } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { z } from 'zod';
import { quoteClickhouse, quotePostgres } from '../canonical/column-text.ts';
import type { ComparedColumn } from '../canonical/row-hash.ts';
import { keyCondition, keyName, quoteText } from '../compare/row-set.ts';
import type { CapturedTable } from '../compare/tables.ts';
import type { TableShape } from '../compare/table-shape.ts';
import type { LedgerErrorCode } from '../errors.ts';
import { BY_LEDGER, IN_PLACE } from './in-place.ts';

export interface CapturedRepairDeps {
  readonly pool: Pool;
  readonly clickhouse: Clickhouse;
}

interface Physical {
  readonly state: string;
  readonly log: string;
  /** Names in the tables by those in Postgres; a renamed column keeps its first one. */
  readonly columns: ReadonlyMap<string, { readonly physical: string; readonly nullMark: string | null }>;
}

const journalColumns = z.array(
  z.object({
    name: z.string(),
    physical: z.string(),
    nullMark: z.string().nullable(),
    untilDdlId: z.union([z.string(), z.number()]).nullable(),
  }),
);

/**
 * Brings keys of a captured table in ClickHouse to what Postgres holds. ClickHouse's version of the key is read first,
 * then the row, which is at least as new as it; it is stored right behind that version. A change that is still on its way
 * has a greater one and stays on top, whenever it arrives.
 */
export async function repairCaptured(
  deps: CapturedRepairDeps,
  table: CapturedTable,
  shape: TableShape,
  keys: readonly (readonly string[])[],
): Promise<void> {
  const physical = await physicalTables(deps.clickhouse, table);
  const newest = await newestVersion(deps.clickhouse, table);
  await removeForged(deps.clickhouse, physical, { shape, keys, newest });
  const versions = await versionsOf(deps.clickhouse, physical, shape, keys);
  const rows = await rowsOf(deps.pool, shape, keys);
  const floor = ((newest >> 112n) << 112n) | (1n << 56n);
  const written = keys.map((key) => {
    const row = rows.get(keyName(key)) ?? null;
    const version = (versions.get(keyName(key)) ?? floor) + 1n;
    const keyValues = Object.fromEntries(shape.keys.map(({ name }, index) => [name, key[index] ?? '']));
    return { row: row ?? keyValues, meta: { _version: String(version), _deleted: row === null ? 1 : 0 } };
  });
  await insert(deps.clickhouse, physical, written);
}

async function physicalTables(clickhouse: Clickhouse, { schema, table, name }: CapturedTable): Promise<Physical> {
  const rows = await clickhouse.query<{ state_table: string; log_table: string; columns: string }>(
    `SELECT state_table, log_table, columns FROM ops.captured_tables FINAL
     WHERE schema_name = {schema:String} AND table_name = {table:String} ORDER BY revision DESC LIMIT 1`,
    { schema, table },
  );
  const found = rows[0];
  if (found === undefined) {
    throw new EbbError<LedgerErrorCode>(
      'NOT_REPAIRABLE',
      `the sink knows no table ${name}; is it stopped? See: ebb cdc status`,
    );
  }
  const current = journalColumns.parse(JSON.parse(found.columns)).filter(({ untilDdlId }) => untilDdlId === null);
  return {
    state: `raw.${quoteClickhouse(found.state_table)}`,
    log: `raw.${quoteClickhouse(found.log_table)}`,
    columns: new Map(current.map((column) => [column.name, column])),
  };
}

/** The greatest version the sink has stored of the table; nothing but a forged row is above it. */
async function newestVersion(clickhouse: Clickhouse, { topic }: CapturedTable): Promise<bigint> {
  const rows = await clickhouse.query<{ version: string }>(
    'SELECT toString(max(max_version)) AS version FROM ops.sink_progress WHERE topic = {topic:String}',
    { topic },
  );
  return BigInt(rows[0]?.version ?? 0);
}

/** How far behind the sink's own greatest version its position may be written down: a gigabyte of log. */
const HEADROOM = 1n << 86n;

async function removeForged(
  clickhouse: Clickhouse,
  { state, log }: Physical,
  { shape, keys, newest }: { shape: TableShape; keys: readonly (readonly string[])[]; newest: bigint },
): Promise<void> {
  const condition = `${keyCondition(shape, keys)} AND _version > toUInt128('${newest + HEADROOM}') AND ${BY_LEDGER}`;
  for (const name of [state, log]) {
    const rows = await clickhouse.query<{ rows: string }>(
      `SELECT toString(count()) AS rows FROM ${name} WHERE ${condition}`,
    );
    if (rows[0]?.rows === '0') continue;
    await clickhouse.command(`ALTER TABLE ${name} DELETE WHERE ${condition}`, {}, { settings: IN_PLACE });
  }
}

async function versionsOf(
  clickhouse: Clickhouse,
  { state, log }: Physical,
  shape: TableShape,
  keys: readonly (readonly string[])[],
): Promise<Map<string, bigint>> {
  const names = shape.keyTexts.map(({ clickhouse: text }, index) => `${text} AS k${index}`);
  const versions = new Map<string, bigint>();
  for (const table of [state, log]) {
    const rows = await clickhouse.query<Record<string, string>>(
      `SELECT ${names.join(', ')}, toString(max(_version)) AS version FROM ${table}
       WHERE ${keyCondition(shape, keys)} GROUP BY ${names.map((_, index) => `k${index}`).join(', ')}`,
    );
    for (const row of rows) {
      const name = keyName(names.map((_, index) => String(row[`k${index}`])));
      const version = BigInt(row['version'] ?? 0);
      if (version > (versions.get(name) ?? -1n)) versions.set(name, version);
    }
  }
  return versions;
}

const rowSchema = z.object({ key: z.array(z.string()), row: z.record(z.string(), z.unknown()) });

async function rowsOf(
  pool: Pool,
  shape: TableShape,
  keys: readonly (readonly string[])[],
): Promise<Map<string, Record<string, unknown>>> {
  const names = shape.keys.map((_, index) => `w${index}`);
  const matches = shape.keys.map(({ name, type }, index) => `${quotePostgres(name)} = wanted.w${index}::${type}`);
  const values = shape.columns.map((column) => `${quoteText(column.name)}, ${wireSql(column)}`);
  // jsonb_build_object takes at most 100 arguments.
  const objects: string[] = [];
  for (let at = 0; at < values.length; at += 45)
    objects.push(`jsonb_build_object(${values.slice(at, at + 45).join(', ')})`);
  const { rows } = await pool.query(
    `SELECT jsonb_build_array(${shape.keyTexts.map(({ postgres }) => postgres).join(', ')}) AS key,
       ${objects.join(' || ')} AS row
     FROM ${shape.postgres}
     JOIN unnest(${names.map((_, index) => `$${index + 1}::text[]`).join(', ')}) AS wanted (${names.join(', ')})
       ON ${matches.join(' AND ')}`,
    names.map((_, index) => keys.map((key) => key[index] ?? '')),
  );
  return new Map(
    rows.map((raw) => {
      const { key, row } = rowSchema.parse(raw);
      return [keyName(key), row];
    }),
  );
}

/** SQL for a value as ClickHouse reads it from JSON. */
function wireSql({ name, typname, isArray }: ComparedColumn): string {
  const column = quotePostgres(name);
  if (isArray) {
    return `CASE WHEN ${column} IS NULL THEN NULL ELSE (SELECT coalesce(jsonb_agg(${scalarWire('e', typname)} ORDER BY n), '[]')
      FROM unnest(${column}) WITH ORDINALITY AS u (e, n)) END`;
  }
  return scalarWire(column, typname);
}

function scalarWire(column: string, typname: string): string {
  if (typname === 'bytea') return `encode(${column}, 'hex')`;
  if (typname === 'bool') return column;
  if (typname === 'timestamptz' || typname === 'timestamp') {
    return `to_char(${column}::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
  }
  return `${column}::text`;
}

/** By the names the tables have, with the flag that tells NULL from an empty array. */
function physicalRow(row: Readonly<Record<string, unknown>>, { columns }: Physical): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, { physical, nullMark }] of columns) {
    if (!(name in row)) continue;
    if (nullMark !== null) result[nullMark] = row[name] === null;
    result[physical] = nullMark === null ? row[name] : (row[name] ?? []);
  }
  return result;
}

/** Into the log too, so that it replays to the same state. Marked as nobody's message: partition and offset -1. */
async function insert(
  clickhouse: Clickhouse,
  physical: Physical,
  rows: readonly { row: Readonly<Record<string, unknown>>; meta: Readonly<Record<string, unknown>> }[],
): Promise<void> {
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
  const nowhere = { _partition: -1, _offset: -1, _kafka_time: now, _commit_time: now };
  const all = rows.map(({ row, meta }) => ({ ...physicalRow(row, physical), ...nowhere, ...meta, _op: 'r' }));
  const columns = Object.keys(all.reduce((widest, one) => ({ ...widest, ...one }), {}));
  for (const [table, names] of [
    [physical.log, columns],
    [physical.state, columns.filter((name) => name !== '_op')],
  ] as const) {
    const lines = all.map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))),
    );
    await clickhouse.insert(table, {
      columns: names,
      format: 'JSONEachRow',
      body: Buffer.from(`${lines.join('\n')}\n`),
      // Of a deleted row only the key is given.
      settings: { input_format_null_as_default: 1 },
    });
  }
}
