import type { Clickhouse } from '@ebb/clickhouse';
import { DAY_MS, SeededRandom } from '@ebb/core';
import { dayText } from '@ebb/customer-models';

/**
 * The bank's dimensions and facts as dbt makes them, in a build's database: so many customers, of whom those with little on
 * the account become silent more often. Nothing is known of them before `since` days ago.
 */
export async function createBankMarts(
  clickhouse: Clickhouse,
  database: string,
  { customers, asOf, since }: { customers: number; asOf: string; since: number },
): Promise<void> {
  await createTables(clickhouse, database);
  const today = Date.parse(`${asOf}T00:00:00Z`) / DAY_MS;
  const random = new SeededRandom('bank');
  const [people, spans, facts]: [object[], object[], object[]] = [[], [], []];
  for (let at = 0; at < customers; at += 1) {
    const customer = `b${at}`;
    const balance = Math.round(10_000 * random.float());
    // On which day the silence becomes churn; some never fall silent.
    const leaves = random.bool(0.8 - balance / 15_000) ? today - Math.floor(random.float() * since) : Infinity;
    people.push({
      customer_id: customer,
      age: 20 + random.int(50),
      gender: random.bool(0.5) ? 'f' : 'm',
      geography: random.bool(0.5) ? 'Qatar' : 'Kuwait',
      date_opened: dayText(today - since - 30),
      valid_from: `${dayText(today - since)} 00:00:00`,
    });
    const figures = { customer_id: customer, avg_ticket_res_time_hrs: null, num_products: 1 + random.int(3) };
    const begun = dayText(today - since);
    if (leaves === Infinity) spans.push({ ...figures, is_churned: false, dw_start_date: begun, dw_end_date: null });
    else {
      spans.push({ ...figures, is_churned: false, dw_start_date: begun, dw_end_date: dayText(leaves) });
      spans.push({ ...figures, is_churned: true, dw_start_date: dayText(leaves), dw_end_date: null });
    }
    facts.push(...activityOf(customer, { balance, from: today - since, to: Math.min(today, leaves - 90), random }));
  }
  await fill(clickhouse, `${database}.dim_customer`, people);
  await fill(clickhouse, `${database}.fact_customer_metrics`, spans);
  await fill(clickhouse, `${database}.fact_customer_activity`, facts);
}

/** A statement, and bookings up to two months apart, the last one on the last day. */
function activityOf(
  customer: string,
  { balance, from, to, random }: { balance: number; from: number; to: number; random: SeededRandom },
): object[] {
  const rows: object[] = [];
  const book = (day: number): void => {
    rows.push({ customer_id: customer, activity_type: 'booking', activity_at: `${dayText(day)} 08:00:00` });
  };
  for (let day = from; day < to; day += 1 + random.int(60)) book(day);
  book(Math.max(from, to));
  const month = `${dayText(from).slice(0, 7)}-01 00:00:00`;
  rows.push({ customer_id: customer, activity_type: 'statement', activity_at: month, monthly_balance: balance });
  return rows;
}

async function createTables(clickhouse: Clickhouse, database: string): Promise<void> {
  const tables = {
    dim_customer: `customer_id String, age Nullable(Int16), gender Nullable(String), geography String, date_opened Date32,
      valid_from DateTime64(6, 'UTC')`,
    fact_customer_metrics: `customer_id String, is_churned Bool, avg_ticket_res_time_hrs Nullable(Decimal(38, 2)),
      num_products Nullable(Int32), dw_start_date Date32, dw_end_date Nullable(Date32)`,
    fact_customer_activity: `customer_id String, activity_type String, activity_at DateTime64(6, 'UTC'),
      monthly_balance Nullable(Decimal(20, 4))`,
  };
  for (const [table, columns] of Object.entries(tables)) {
    await clickhouse.command(`CREATE TABLE ${database}.${table} (${columns}) ENGINE = MergeTree ORDER BY customer_id`);
  }
}

async function fill(clickhouse: Clickhouse, table: string, rows: readonly object[]): Promise<void> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  await clickhouse.insert(table, {
    columns,
    format: 'JSONEachRow',
    body: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')),
  });
}
