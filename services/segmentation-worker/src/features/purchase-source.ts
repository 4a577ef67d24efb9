import { type Clickhouse, readColumns } from '@ebb/clickhouse';
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

/** Documents as they stood at the end of the as-of day, rebuilt with the marts. */
const ORDERS = `intermediate.int_orders WHERE source = {source: String} AND is_valid AND customer_id IS NOT NULL`;

/** Raises NO_FEATURES for a source without orders of known customers, OTHER_DAY where another day is asked for. */
export const purchaseDay: DayOf = async (clickhouse, { id }, { source, asked }) => {
  const rows = await clickhouse.query<{ day: string }>(`SELECT DISTINCT toString(as_of) AS day FROM ${ORDERS}`, {
    source,
  });
  const [first] = rows;
  if (first === undefined) {
    throw new WorkerError(
      'NO_FEATURES',
      `source "${source}" has no valid order of a known customer (build ${id}); daily files have none, their replay "retail" has`,
    );
  }
  if (asked === undefined || asked === first.day) return first.day;
  throw new WorkerError(
    'OTHER_DAY',
    `the orders of "${source}" are a picture of ${first.day}, not of ${asked}: build as of that day first`,
  );
};

/** Valid orders only: credit notes are no purchases. Raises BAD_FEATURE where an amount has no rate of exchange. */
export async function readPurchases(
  clickhouse: Clickhouse,
  { source, asOf, signal }: { source: string; asOf: string; signal: AbortSignal },
): Promise<PurchaseColumns> {
  const columns = await readColumns(
    clickhouse,
    `SELECT toString(assumeNotNull(customer_id)) AS customer, toFloat64(toInt32(order_day)) AS day,
       if(countIf(reporting_amount IS NULL) > 0, NULL, toFloat64(toInt128(sum(assumeNotNull(reporting_amount)) * 10000))) AS amount
     FROM ${ORDERS} AND as_of = {asOf: Date32} AND order_day <= {asOf: Date32}
     GROUP BY customer, day ORDER BY customer, day`,
    { params: { source, asOf }, signal },
  );
  if (columns.rows === 0)
    throw new WorkerError('NO_FEATURES', `the orders of "${source}" are no longer those of ${asOf}: begin a new job`);
  const customers = must(columns.texts.get('customer'), 'column customer').map((customer) => customer ?? '');
  const amounts = must(columns.numbers.get('amount'), 'column amount');
  const missing = amounts.findIndex((amount) => !Number.isFinite(amount));
  if (missing !== -1) {
    throw new WorkerError(
      'BAD_FEATURE',
      `an order of customer "${customers[missing]}" has no amount: its currency has no rate of exchange`,
    );
  }
  return { customers, days: must(columns.numbers.get('day'), 'column day'), amounts };
}
