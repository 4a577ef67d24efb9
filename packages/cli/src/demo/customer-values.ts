import { z } from 'zod';
import { formatTable } from '../commands/status-table.ts';
import { formatted } from './batch.ts';
import { runModelJob } from './model-job.ts';
import type { CustomersOptions } from './segments.ts';

/** The replayed orders: daily files have no documents of the live path. */
const SOURCE = 'retail';
const LISTED = 5;
const WIDTH = 12;

/** Who is worth most, by a job of the segmentation worker. */
export async function showValues({ commands, clickhouse, print }: CustomersOptions): Promise<void> {
  await runModelJob(commands, 'clv', SOURCE);
  print('\nWorth most within a year, by the job clv, in the reporting currency:');
  print(valueLines(VALUES.parse(await clickhouse.query(VALUES_SQL))));
}

const VALUES = z.array(
  z.object({ customer: z.string(), value: z.string(), low: z.string(), high: z.string(), reason: z.string() }),
);
const VALUES_SQL = `SELECT customer_id AS customer, toString(toDecimal64(clv, 2)) AS value,
    toString(toDecimal64(clv_low, 2)) AS low, toString(toDecimal64(clv_high, 2)) AS high, reason
  FROM ml.customer_clv WHERE source = '${SOURCE}' ORDER BY clv DESC, customer_id LIMIT ${LISTED}`;

function valueLines(values: z.output<typeof VALUES>): string {
  const rows = values.map(({ customer, value, low, high, reason }) => [
    customer,
    formatted(value, 2).padStart(WIDTH),
    `${formatted(low, 2)} to ${formatted(high, 2)}`,
    reason,
  ]);
  return formatTable([['CUSTOMER', 'VALUE'.padStart(WIDTH), '90 % INTERVAL', 'WHY'], ...rows]);
}
