import { type Clickhouse, type Columns, type Publication, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { BEHAVIOUR_FEATURES, type BehaviourTable, behaviourTable } from '@ebb/segments';
import { WorkerError } from '../errors.ts';
import { dayOfMart } from './mart-day.ts';

type Build = Pick<Publication, 'database' | 'id'>;

const TABLE = 'int_customer_profiles_ml';

/** The day of which a build is a picture for this source; raises NO_MARTS, BAD_FEATURE, OTHER_DAY. */
export function profileDay(
  clickhouse: Clickhouse,
  build: Build,
  request: { source: string; asked: string | undefined },
): Promise<string> {
  const from = `${build.database}.${TABLE} WHERE source = {source: String}`;
  return dayOfMart(clickhouse, build, { ...request, from, nobody: `source "${request.source}" has no customers` });
}

/**
 * Every customer of the source in one build, with those features of behaviour that the build has: a figure a customer does
 * not have is NaN, never 0. Raises NO_FEATURES.
 */
export async function readProfiles(
  clickhouse: Clickhouse,
  { database, id }: Build,
  { source, signal }: { source: string; signal: AbortSignal },
): Promise<BehaviourTable> {
  const there = await columnsOf(clickhouse, database);
  const features = BEHAVIOUR_FEATURES.map(({ name }) => name).filter((name) => there.has(name));
  const figures = features.map((name) => `toFloat64(${name}) AS ${name}`);
  const closed = there.has('is_closed') ? 'toFloat64(is_closed)' : 'toFloat64(0)';
  const columns = await readColumns(
    clickhouse,
    `SELECT ${[`toString(customer_id) AS customer`, `${closed} AS is_closed`, ...figures].join(', ')}
     FROM ${database}.${TABLE} WHERE source = {source: String} ORDER BY customer`,
    { params: { source }, signal },
  );
  if (columns.rows === 0) throw new WorkerError('NO_FEATURES', `source "${source}" has no customers in build ${id}`);
  return behaviourTable({
    customers: must(columns.texts.get('customer'), 'column customer').map((customer) => customer ?? ''),
    columns: new Map(features.map((name) => [name, numbersOf(columns, name)])),
    isClosed: Uint8Array.from(numbersOf(columns, 'is_closed')),
  });
}

async function columnsOf(clickhouse: Clickhouse, database: string): Promise<ReadonlySet<string>> {
  const rows = await clickhouse.query<{ name: string }>(
    'SELECT name FROM system.columns WHERE database = {database: String} AND table = {table: String}',
    { database, table: TABLE },
  );
  return new Set(rows.map(({ name }) => name));
}

function numbersOf({ numbers }: Columns, name: string): Float64Array {
  return must(numbers.get(name), `column ${name} of the statement`);
}
