import { type Clickhouse, type Columns, type Publication, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { type RfmTable, rfmTable } from '@ebb/segments';
import { WorkerError } from '../errors.ts';
import { dayOfMart } from './mart-day.ts';

export interface RfmFeatures {
  readonly table: RfmTable;
  /** Segment of scheme C as the marts have it, by customer of the table; null where they have none for this source. */
  readonly segments: readonly string[] | null;
}

type Build = Pick<Publication, 'database' | 'id'>;

/** The retailer's daily files, whose RFM and segments dbt makes. */
const FILES = 'retail_files';

/**
 * The day of which a build of the marts is a picture for this source. Raises NO_MARTS where nobody has bought, and
 * OTHER_DAY where another day is asked for.
 */
export function rfmDay(
  clickhouse: Clickhouse,
  build: Build,
  request: { source: string; asked: string | undefined },
): Promise<string> {
  const { source } = request;
  const nobody = `nobody of source "${source}" has bought anything`;
  return dayOfMart(clickhouse, build, { ...request, from: buyers(source, build.database), nobody });
}

/** Recency, frequency and monetary value of every customer who bought, from one build. Raises NO_FEATURES, BAD_FEATURE. */
export async function readRfm(
  clickhouse: Clickhouse,
  { database, id }: Build,
  { source, signal }: { source: string; signal: AbortSignal },
): Promise<RfmFeatures> {
  const sql = source === FILES ? filesSql(database) : profilesSql(database);
  const columns = await readColumns(clickhouse, sql, { params: { source }, signal });
  if (columns.rows === 0)
    throw new WorkerError('NO_FEATURES', `nobody of source "${source}" has bought in build ${id}`);
  const table = tableOf(columns);
  return { table, segments: source === FILES ? segmentsOf(columns, table) : null };
}

function buyers(source: string, database: string): string {
  if (source === FILES) return `${database}.customer_rfm_gold`;
  return `${database}.int_customer_profiles_ml WHERE source = {source: String} AND total_orders > 0`;
}

/** In the order of the table, which is not that of the server for every alphabet. */
function segmentsOf(columns: Columns, table: RfmTable): string[] {
  const segments = texts(columns, 'segment');
  const segmentOf = new Map(texts(columns, 'customer').map((customer, row) => [customer, segments[row]]));
  return table.customers.map((customer) => must(segmentOf.get(customer), 'a customer of the same statement'));
}

/** Money as whole ten-thousandths, which a double holds exactly up to 900 thousand million. */
function filesSql(database: string): string {
  return `SELECT toString(gold.CustomerID) AS customer, toFloat64(gold.Recency) AS recency,
      toFloat64(gold.Frequency) AS frequency, toFloat64(toInt128(gold.Monetary * 10000)) AS monetary,
      toString(segments.segment) AS segment
    FROM ${database}.customer_rfm_gold AS gold
    LEFT JOIN ${database}.customer_segments AS segments ON segments.CustomerID = gold.CustomerID
    ORDER BY customer SETTINGS join_use_nulls = 1`;
}

function profilesSql(database: string): string {
  return `SELECT toString(customer_id) AS customer, toFloat64(days_since_last_purchase) AS recency,
      toFloat64(total_orders) AS frequency, toFloat64(toInt128(total_spend * 10000)) AS monetary
    FROM ${buyers('', database)}
    ORDER BY customer`;
}

function tableOf(columns: Columns): RfmTable {
  const customers = texts(columns, 'customer');
  const [recency, frequency, monetary] = [
    finite(columns, 'recency', customers),
    finite(columns, 'frequency', customers),
    finite(columns, 'monetary', customers),
  ];
  return rfmTable(
    customers.map((customer, row) => ({
      customer,
      recencyDays: recency[row] ?? Number.NaN,
      frequency: frequency[row] ?? Number.NaN,
      monetary: BigInt(monetary[row] ?? Number.NaN),
    })),
  );
}

function texts(columns: Columns, name: string): string[] {
  return must(columns.texts.get(name), `column ${name} of the statement`).map((value, row) => {
    if (value !== null) return value;
    throw new WorkerError('BAD_FEATURE', `row ${row + 1} of the marts has no ${name}: build the marts again`);
  });
}

function finite(columns: Columns, name: string, customers: readonly string[]): Float64Array {
  const values = must(columns.numbers.get(name), `column ${name} of the statement`);
  const row = values.findIndex((value) => !Number.isFinite(value));
  if (row === -1) return values;
  throw new WorkerError(
    'BAD_FEATURE',
    `customer "${customers[row]}" has no ${name} (${values[row]}): it is missing in the marts, as spend is where a rate of ` +
      'exchange is; nobody is left out or counted as 0',
  );
}
