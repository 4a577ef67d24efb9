import { type Clickhouse, type Publication, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { WorkerError } from '../errors.ts';
import type { DayOf } from '../registry/open-run.ts';

/** What customers bought, by customer and day, ascending; columns of one length. */
export interface PurchaseColumns {
  readonly customers: readonly string[];
  /** Days since 1970-01-01. */
  readonly days: Float64Array;
  /** Whole ten-thousandths of the reporting currency. */
  readonly amounts: Float64Array;
}

type Build = Pick<Publication, 'database' | 'id'>;

/** Of one build, so that whoever names a build reads what it held, also after a later one was published. */
const TABLE = 'customer_order_days';

/** Raises NO_MARTS for a source without orders of known customers, OTHER_DAY where another day is asked for. */
export const purchaseDay: DayOf = async (clickhouse, { database, id }, { source, asked }) => {
  await expectTable(clickhouse, { database, id });
  const [first] = await clickhouse.query<{ day: string }>(
    `SELECT DISTINCT toString(as_of) AS day FROM ${database}.${TABLE} WHERE source = {source: String}`,
    { source },
  );
  if (first === undefined) {
    throw new WorkerError(
      'NO_MARTS',
      `source "${source}" has no valid order of a known customer (build ${id}); daily files have none, their replay "retail" has`,
    );
  }
  if (asked === undefined || asked === first.day) return first.day;
  throw new WorkerError(
    'OTHER_DAY',
    `the orders of "${source}" in build ${id} are a picture of ${first.day}, not of ${asked}: build as of that day first`,
  );
};

/** Builds of before the table was among the marts have none. */
async function expectTable(clickhouse: Clickhouse, { database, id }: Build): Promise<void> {
  const found = await clickhouse.query(
    'SELECT 1 FROM system.tables WHERE database = {database: String} AND name = {name: String}',
    {
      database,
      name: TABLE,
    },
  );
  if (found.length > 0) return;
  throw new WorkerError('NO_FEATURES', `build ${id} has no ${TABLE}: an older version made it; run ebb build`);
}

/** Valid orders only: credit notes are no purchases. Raises BAD_FEATURE where an amount has no rate of exchange. */
export async function readPurchases(
  clickhouse: Clickhouse,
  { database, id }: Build,
  { source, asOf, signal }: { source: string; asOf: string; signal: AbortSignal },
): Promise<PurchaseColumns> {
  const columns = await readColumns(
    clickhouse,
    `SELECT customer_id AS customer, toFloat64(toInt32(order_day)) AS day, toFloat64(toInt128(amount * 10000)) AS units
     FROM ${database}.${TABLE}
     WHERE source = {source: String} AND as_of = {asOf: Date32} AND order_day <= {asOf: Date32}
     ORDER BY customer, day`,
    { params: { source, asOf }, signal },
  );
  if (columns.rows === 0)
    throw new WorkerError('NO_FEATURES', `build ${id} has no orders of "${source}" as of ${asOf}: begin a new job`);
  const customers = must(columns.texts.get('customer'), 'column customer').map((customer) => customer ?? '');
  const amounts = must(columns.numbers.get('units'), 'column units');
  const missing = amounts.findIndex((amount) => !Number.isFinite(amount));
  if (missing !== -1) {
    throw new WorkerError(
      'BAD_FEATURE',
      `an order of customer "${customers[missing]}" has no amount: its currency has no rate of exchange`,
    );
  }
  return { customers, days: must(columns.numbers.get('day'), 'column day'), amounts };
}
