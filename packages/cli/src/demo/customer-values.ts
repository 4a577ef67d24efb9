import type { Clickhouse } from '@ebb/clickhouse';
import { z } from 'zod';
import { formatTable } from '../commands/status-table.ts';
import { formatted } from './batch.ts';
import { runModelJob } from './model-job.ts';
import type { CustomersOptions } from './segments.ts';

/** The replayed orders: daily files have no documents of the live path. */
const SOURCE = 'retail';
const LISTED = 5;
const WIDTH = 12;

/** Who is worth most, and by whom most may be lost, by a job of the segmentation worker. */
export async function showValues({ commands, clickhouse, print }: CustomersOptions): Promise<void> {
  await runModelJob(commands, 'clv', SOURCE);
  print('\nWorth most within a year, by the job clv, in the reporting currency:');
  print(valueLines(await readValues(clickhouse, 'clv')));
  print('\nMost at stake: how much more they would be worth, were it certain that they are still customers:');
  print(riskLines(await readValues(clickhouse, STAKE)));
}

const VALUES = z.array(
  z.object({
    customer: z.string(),
    value: z.string(),
    low: z.string(),
    high: z.string(),
    stake: z.string(),
    reason: z.string(),
  }),
);
type Values = z.output<typeof VALUES>;

/** E[value] = P(alive) · E[value | alive]: what the doubt takes off. */
const STAKE = 'clv / probability_alive - clv';
/** Below this a customer is lost, not at risk. */
const LEAST_ALIVE = 0.05;

async function readValues(clickhouse: Clickhouse, by: string): Promise<Values> {
  return VALUES.parse(
    await clickhouse.query(
      `SELECT customer_id AS customer, toString(toDecimal64(clv, 2)) AS value, toString(toDecimal64(clv_low, 2)) AS low,
         toString(toDecimal64(clv_high, 2)) AS high, toString(toDecimal64(${STAKE}, 2)) AS stake, reason
       FROM ml.customer_clv WHERE source = '${SOURCE}' AND probability_alive >= ${LEAST_ALIVE}
       ORDER BY ${by} DESC, customer_id LIMIT ${LISTED}`,
    ),
  );
}

function valueLines(values: Values): string {
  const rows = values.map(({ customer, value, low, high, reason }) => [
    customer,
    cell(value),
    `${formatted(low, 2)} to ${formatted(high, 2)}`,
    reason,
  ]);
  return formatTable([['CUSTOMER', 'VALUE'.padStart(WIDTH), '90 % INTERVAL', 'WHY'], ...rows]);
}

function riskLines(values: Values): string {
  const rows = values.map(({ customer, stake, value, reason }) => [customer, cell(stake), cell(value), reason]);
  return formatTable([['CUSTOMER', 'AT STAKE'.padStart(WIDTH), 'VALUE'.padStart(WIDTH), 'WHY'], ...rows]);
}

function cell(amount: string): string {
  return formatted(amount, 2).padStart(WIDTH);
}
