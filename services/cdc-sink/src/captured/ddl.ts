import { quoteClickhouseName as quote } from '@ebb/clickhouse';
import type { Action } from './actions.ts';
import { typeName } from './column-type.ts';
import { currentColumns, type JournalTable, type PhysicalColumn } from './journal.ts';

const META_DEFINITIONS: Readonly<Record<string, string>> = {
  _version: 'UInt128',
  _deleted: 'UInt8',
  _op: 'LowCardinality(String)',
  _commit_time: `DateTime64(6, 'UTC')`,
  _partition: 'Int32',
  _offset: 'Int64',
  _kafka_time: `DateTime64(3, 'UTC')`,
};
const META = Object.keys(META_DEFINITIONS);

export function rawName(name: string): string {
  return `raw.${/^[A-Za-z_]\w*$/.test(name) ? name : quote(name)}`;
}

/** The statements of an action, in order. Each may be run again. */
export function statementsOf(action: Action): string[] {
  switch (action.kind) {
    case 'create':
      return [createState(action.table), createLog(action.table)];
    case 'add_column': {
      const { column, whenMissing } = action;
      const fallback = whenMissing === undefined ? '' : ` DEFAULT ${whenMissing}`;
      return alterBoth(action.table, `ADD COLUMN IF NOT EXISTS ${definition(column)}${fallback}`);
    }
    case 'add_null_mark': {
      const mark = quote(action.column.nullMark ?? '');
      return alterBoth(action.table, `ADD COLUMN IF NOT EXISTS ${mark} Bool DEFAULT ${action.whenMissing}`);
    }
    case 'rebuild':
      return [createState(action.to), createLog(action.to), ...copyLog(action.from, action.to)];
    case 'views':
      return [currentView(action.table), historyView(action.table)];
    case 'drop_views':
      return ['current', 'history'].map((view) => `DROP VIEW IF EXISTS ${rawName(`${action.viewName}_${view}`)}`);
    default:
      return action satisfies never;
  }
}

function alterBoth(table: JournalTable, clause: string): string[] {
  return [table.stateTable, table.logTable].map((name) => `ALTER TABLE ${rawName(name)} ${clause}`);
}

function definition(column: PhysicalColumn): string {
  return `${quote(column.physical)} ${typeName(column.type, column.isNullable)}`;
}

/** Names of all physical columns, ours last. */
function allColumns(table: JournalTable): string[] {
  const own = table.columns.flatMap(({ physical, nullMark }) =>
    nullMark === null ? [physical] : [physical, nullMark],
  );
  return [...own, ...META];
}

function createTable(name: string, table: JournalTable, engine: string): string {
  const marks = table.columns.flatMap(({ nullMark }) => (nullMark === null ? [] : [`${quote(nullMark)} Bool`]));
  const metas = META.map((meta) => `${meta} ${META_DEFINITIONS[meta] ?? ''}`);
  const columns = [...table.columns.map(definition), ...marks, ...metas].join(',\n  ');
  return `CREATE TABLE IF NOT EXISTS ${rawName(name)} (\n  ${columns}\n) ENGINE = ${engine}`;
}

/** Partitioned by nothing: a row and its tombstone must meet in a merge. */
function createState(table: JournalTable): string {
  const key = table.key.map(quote).join(', ');
  return `${createTable(table.stateTable, table, 'ReplacingMergeTree(_version, _deleted)')} ORDER BY (${key})`;
}

/** Repeated messages make equal rows, which merges and FINAL reduce to one. */
function createLog(table: JournalTable): string {
  const key = [...table.key.map(quote), '_version', '_op'].join(', ');
  return `${createTable(table.logTable, table, 'ReplacingMergeTree')} ORDER BY (${key})`;
}

/**
 * Every change again, under the new key; where it changed what is now the key, the row it had before is deleted at the
 * same version. Rows that have no value of the new key were replaced by ones that do.
 */
function copyLog(from: JournalTable, to: JournalTable): string[] {
  const columns = allColumns(to).map(quote);
  const list = columns.join(', ');
  const newKey = to.key.map(quote);
  const before = allColumns(to).map((name, index) => {
    if (name === '_deleted') return '1';
    if (name === '_op') return `'d'`;
    return META.includes(name) ? `l.${quote(name)}` : `tupleElement(l.before, ${index + 1})`;
  });
  const keyChanged = to.key
    .map((name) => `tupleElement(l.before, ${allColumns(to).indexOf(name) + 1}) != l.${quote(name)}`)
    .join(' OR ');
  const frame = `(PARTITION BY ${from.key.map(quote).join(', ')} ORDER BY _version, _offset ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  const isWhole = newKey.map((name) => `isNotNull(${name})`).join(' AND ');
  const derived = `SELECT ${before.map((expression, index) => `${expression} AS ${columns[index] ?? ''}`).join(', ')}
FROM (SELECT *, lagInFrame(tuple(${list})) OVER ${frame} AS before, row_number() OVER ${frame} AS ordinal
  FROM ${rawName(from.logTable)} FINAL) AS l
WHERE l.ordinal > 1 AND (${keyChanged})`;
  return [
    `INSERT INTO ${rawName(to.logTable)} (${list}) SELECT ${list} FROM (SELECT ${list} FROM ${rawName(from.logTable)} FINAL
UNION ALL ${derived}) WHERE ${isWhole}`,
    `INSERT INTO ${rawName(to.stateTable)} (${list}) SELECT ${list} FROM ${rawName(to.logTable)} FINAL`,
  ];
}

/** Rows that live but have no value in what becomes the key: with any, the tables cannot be built. */
export function unkeyedRows(from: JournalTable, to: JournalTable): string {
  const isUnkeyed = to.key.map((name) => `isNull(${quote(name)})`).join(' OR ');
  return `SELECT count() AS rows FROM ${rawName(from.stateTable)} FINAL
WHERE _deleted = 0 AND _version >= (${barrierOf(from)}) AND (${isUnkeyed})`;
}

function barrierOf(table: JournalTable): string {
  return `SELECT max(version) FROM ops.barriers WHERE table_oid = ${table.oid}`;
}

/** Qualified by `t`, since a column may have a name that another physical column had once. */
function shownColumns(table: JournalTable): string[] {
  const columns = currentColumns(table);
  const names = new Set(columns.map(({ name }) => name));
  return columns.flatMap(({ name, physical, nullMark, attNotNull }) => {
    const shown = `t.${quote(physical)} AS ${quote(name)}`;
    if (nullMark === null || attNotNull) return [shown];
    const mark = names.has(`${name}__is_null`) ? `${name}__is_null_` : `${name}__is_null`;
    return [shown, `t.${quote(nullMark)} AS ${quote(mark)}`];
  });
}

/** Our own columns; one that Postgres has as well is called `_cdc…` here. */
function shownMetas(table: JournalTable, metas: readonly string[]): string[] {
  const names = new Set(currentColumns(table).map(({ name }) => name));
  return metas.map((meta) => `t.${meta} AS ${names.has(meta) ? `_cdc${meta}` : meta}`);
}

/** The rows Postgres has, with its columns as they are now. */
function currentView(table: JournalTable): string {
  const metas = shownMetas(table, ['_version', '_commit_time', '_partition', '_offset', '_kafka_time']);
  return `CREATE OR REPLACE VIEW ${rawName(`${table.viewName}_current`)} AS
SELECT ${[...shownColumns(table), ...metas].join(', ')}
FROM ${rawName(table.stateTable)} AS t FINAL
WHERE t._deleted = 0 AND t._version >= (${barrierOf(table)})`;
}

/** Every change once; truncates stand in ops.barriers. */
function historyView(table: JournalTable): string {
  const metas = shownMetas(table, META);
  return `CREATE OR REPLACE VIEW ${rawName(`${table.viewName}_history`)} AS
SELECT ${[...shownColumns(table), ...metas].join(', ')}
FROM ${rawName(table.logTable)} AS t FINAL`;
}
