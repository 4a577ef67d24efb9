import { dayText } from './days.ts';

/** More days than this in one batch are looked up through the parent, which knows them all. */
const MOST_TABLES = 4;

export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A statement over one day's table, or over the parent. `{table}` in the text stands for it. */
export function statementFor(statement: Statement, table: string, day: number | null): Statement {
  if (day === null) return { name: statement.name, text: statement.text.replaceAll('{table}', table) };
  const suffix = dayText(day).replaceAll('-', '');
  return { name: `${statement.name}_${suffix}`, text: statement.text.replaceAll('{table}', `${table}_${suffix}`) };
}

/**
 * Splits rows by day, so that each part can be looked up in its day's table: a look-up through the parent of hundreds of
 * days costs a millisecond before it begins. Null for rows of too many days.
 */
export function byDay<T>(rows: readonly T[], dayOf: (row: T) => number): Map<number | null, readonly T[]> {
  const first = rows[0];
  if (first === undefined) return new Map();
  const firstDay = dayOf(first);
  if (rows.every((row) => dayOf(row) === firstDay)) return new Map([[firstDay, rows]]);
  const days = Map.groupBy(rows, dayOf);
  return days.size > MOST_TABLES ? new Map([[null, rows]]) : days;
}
