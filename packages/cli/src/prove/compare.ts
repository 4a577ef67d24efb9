import { type Clickhouse, quoteClickhouseName, quoteClickhouseText } from '@ebb/clickhouse';

/** `staging.stg_website_events` */
export interface Relation {
  readonly schema: string;
  readonly name: string;
}

export interface Difference {
  /** Rows, duplicates counted, that only one of the two has. */
  readonly rows: number;
  /** A few of them: `+` the first has it, `-` the second has it. */
  readonly examples: readonly string[];
}

/** Columns that say when a row was made, and nothing else, may differ. */
const LOADED_AT = /loaded_at$/;
const EXAMPLES = 3;

/** Compares two tables row by row, every column but the loaded-at ones, as bags: a row that stands twice counts twice. */
export async function compareRelations(clickhouse: Clickhouse, first: Relation, second: Relation): Promise<Difference> {
  const columns = await comparedColumns(clickhouse, first);
  const list = columns.map(quoteClickhouseName).join(', ');
  const bag = `SELECT ${list}, sum(__side) AS __surplus FROM (
      SELECT ${list}, toInt64(1) AS __side FROM ${nameOf(first)}
      UNION ALL SELECT ${list}, toInt64(-1) AS __side FROM ${nameOf(second)})
    GROUP BY ${list} HAVING __surplus != 0`;
  const rows = await clickhouse.query<Record<string, unknown>>(
    `SELECT *, sum(abs(__surplus)) OVER () AS __total FROM (${bag}) ORDER BY ${list} LIMIT ${EXAMPLES}`,
  );
  return { rows: Number(rows[0]?.['__total'] ?? 0), examples: rows.map(exampleOf) };
}

/** The same number for the same bag of rows, whatever their order. */
export async function fingerprint(clickhouse: Clickhouse, relation: Relation): Promise<string> {
  const columns = await comparedColumns(clickhouse, relation);
  const list = columns.map(quoteClickhouseName).join(', ');
  const rows = await clickhouse.query<{ fingerprint: string }>(
    `SELECT concat(toString(count()), ':', toString(sum(sipHash64(tuple(${list}))))) AS fingerprint
     FROM ${nameOf(relation)}`,
  );
  return rows[0]?.fingerprint ?? '';
}

export async function countRows(clickhouse: Clickhouse, relation: Relation): Promise<number> {
  const rows = await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM ${nameOf(relation)}`);
  return Number(rows[0]?.n ?? 0);
}

async function comparedColumns(clickhouse: Clickhouse, { schema, name }: Relation): Promise<string[]> {
  const rows = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.columns
     WHERE database = ${quoteClickhouseText(schema)} AND table = ${quoteClickhouseText(name)} ORDER BY position`,
  );
  return rows.map(({ name }) => name).filter((name) => !LOADED_AT.test(name));
}

function nameOf({ schema, name }: Relation): string {
  return `${quoteClickhouseName(schema)}.${quoteClickhouseName(name)}`;
}

function exampleOf(row: Record<string, unknown>): string {
  const shown = Object.entries(row).filter(([column]) => column !== '__surplus' && column !== '__total');
  return `${Number(row['__surplus']) > 0 ? '+' : '-'} ${JSON.stringify(Object.fromEntries(shown))}`;
}
