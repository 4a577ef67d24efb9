import { type Clickhouse, type Columns, type Publication, readColumns } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import { dayText, type FeatureColumn } from '@ebb/customer-models';
import { knownUntilMs, numericColumn, type TimedSnapshots } from '../churn/snapshots.ts';
import { WorkerError } from '../errors.ts';
import type { DayOf } from '../registry/open-run.ts';
import { daysOf } from './days.ts';

type Build = Pick<Publication, 'database' | 'id'>;

const NUMBERS = [
  'tenure_days',
  'age',
  'num_products',
  'avg_ticket_res_time_hrs',
  'balance',
  'days_since_last_activity',
  'bookings_last_90',
  'tickets_last_90',
  'offers_last_90',
] as const;
const TEXTS = ['gender', 'geography'] as const;

/** The bank's figures are of the day of the build. Raises NO_MARTS without customers, OTHER_DAY for another day. */
export const bankDay: DayOf = async (clickhouse, { database, id, asOf }, { asked }) => {
  const [found] = await clickhouse.query<{ customers: string }>(
    `SELECT count() AS customers FROM ${database}.dim_customer`,
  );
  if (found === undefined || found.customers === '0') {
    throw new WorkerError('NO_MARTS', `build ${id} has no customers of the bank: load data first`);
  }
  if (asked === undefined || asked === asOf) return asOf;
  throw new WorkerError(
    'OTHER_DAY',
    `build ${id} is a picture of ${asOf}, not of ${asked}: build as of that day first`,
  );
};

/**
 * The bank's customers who had not churned at three days, as they were known then, and whether they had a horizon later.
 * Raises NO_FEATURES where nothing is known of the earlier days.
 */
export async function readBankSnapshots(
  clickhouse: Clickhouse,
  build: Build,
  { asOf, horizonDays, signal }: { asOf: string; horizonDays: number; signal: AbortSignal },
): Promise<TimedSnapshots> {
  const present = daysOf(asOf);
  const at = async (day: number) => {
    const columns = await readColumns(clickhouse, snapshotSql(build.database), {
      params: { day: dayText(day), outcome: dayText(day + horizonDays), known: momentText(knownUntilMs(day)) },
      signal,
    });
    return { day, columns };
  };
  const labelled = async (day: number) => {
    const { columns } = await at(day);
    const churned = must(columns.numbers.get('churned'), 'column churned');
    // Of those who were deleted since nobody knows.
    const rows = Uint32Array.from(churned.keys()).filter((row) => !Number.isNaN(churned[row]));
    return { ...snapshotsOf(day, columns, rows), labels: Uint8Array.from(rows, (row) => churned[row] ?? 0) };
  };
  const [training, test, now] = [
    await labelled(present - 2 * horizonDays),
    await labelled(present - horizonDays),
    await at(present),
  ];
  return {
    horizonDays,
    training,
    test,
    present: snapshotsOf(
      present,
      now.columns,
      Uint32Array.from({ length: now.columns.rows }, (_, row) => row),
    ),
  };
}

function snapshotsOf(day: number, { numbers, texts }: Columns, rows: Uint32Array) {
  const textOf = (name: string): readonly (string | null)[] => must(texts.get(name), `column ${name}`);
  const features: FeatureColumn[] = [
    ...NUMBERS.map((name) => {
      const values = must(numbers.get(name), `column ${name}`);
      return numericColumn(
        name,
        Float64Array.from(rows, (row) => values[row] ?? Number.NaN),
      );
    }),
    ...TEXTS.map((name) => ({
      kind: 'categorical' as const,
      name,
      values: Array.from(rows, (row) => textOf(name)[row] ?? null),
    })),
  ];
  return { day, customers: Array.from(rows, (row) => textOf('customer')[row] ?? ''), features };
}

function momentText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/**
 * Customers as the dimensions and facts knew them on the day: the version that held, the figures that held, and what had
 * happened. A statement is known when its month is over; whether an offer was accepted is told without the day, and left out.
 */
function snapshotSql(database: string): string {
  const known = `toDateTime64({known: String}, 3, 'UTC')`;
  const recent = `activity_at > ${known} - INTERVAL 90 DAY`;
  return `SELECT figures.customer_id AS customer, toFloat64(later.is_churned) AS churned,
      toFloat64(dateDiff('day', person.date_opened, {day: Date32})) AS tenure_days, toFloat64(person.age) AS age,
      toString(person.gender) AS gender, toString(person.geography) AS geography,
      toFloat64(figures.num_products) AS num_products,
      toFloat64(figures.avg_ticket_res_time_hrs) AS avg_ticket_res_time_hrs,
      toFloat64(statements.latest_balance) AS balance,
      toFloat64(acted.silence) AS days_since_last_activity, toFloat64(ifNull(acted.bookings, 0)) AS bookings_last_90,
      toFloat64(ifNull(acted.tickets, 0)) AS tickets_last_90, toFloat64(ifNull(acted.offers, 0)) AS offers_last_90
    FROM (SELECT * FROM ${database}.fact_customer_metrics WHERE ${holds('day')} AND NOT is_churned) AS figures
    INNER JOIN (
      SELECT customer_id, date_opened, age, gender, geography FROM ${database}.dim_customer
      WHERE valid_from <= ${known} ORDER BY valid_from DESC LIMIT 1 BY customer_id
    ) AS person ON person.customer_id = figures.customer_id
    LEFT JOIN (
      SELECT customer_id, is_churned FROM ${database}.fact_customer_metrics WHERE ${holds('outcome')}
    ) AS later ON later.customer_id = figures.customer_id
    LEFT JOIN (
      SELECT customer_id, argMax(total, month) AS latest_balance
      FROM (
        SELECT customer_id, activity_at AS month, sum(assumeNotNull(monthly_balance)) AS total
        FROM ${database}.fact_customer_activity
        WHERE activity_type = 'statement' AND addMonths(activity_at, 1) <= ${known}
        GROUP BY customer_id, month
      )
      GROUP BY customer_id
    ) AS statements ON statements.customer_id = figures.customer_id
    LEFT JOIN (
      SELECT customer_id,
        dateDiff('day', toDate32(maxOrNullIf(activity_at, activity_type IN ('booking', 'ticket'))), {day: Date32}) AS silence,
        countIf(activity_type = 'booking' AND ${recent}) AS bookings,
        countIf(activity_type = 'ticket' AND ${recent}) AS tickets,
        countIf(activity_type = 'offer' AND ${recent}) AS offers
      FROM ${database}.fact_customer_activity WHERE activity_at <= ${known} GROUP BY customer_id
    ) AS acted ON acted.customer_id = figures.customer_id
    ORDER BY customer SETTINGS join_use_nulls = 1`;
}

/** Rows of spans of days, [dw_start_date, dw_end_date), that hold on the day of this parameter. */
function holds(day: 'day' | 'outcome'): string {
  return `dw_start_date <= {${day}: Date32} AND (dw_end_date IS NULL OR dw_end_date > {${day}: Date32})`;
}
