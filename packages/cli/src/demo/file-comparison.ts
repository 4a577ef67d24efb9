import { parseMoney } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { z } from 'zod';

const daySchema = z.object({
  day: z.string(),
  total_orders: z.coerce.number(),
  gross_amount: z.string(),
  credit_amount: z.string(),
  adjustment_amount: z.string(),
  net_amount: z.string(),
});
type Day = z.infer<typeof daySchema>;

/** What `simulator recount --json` prints. */
export const recountSchema = z.object({ days: z.array(daySchema) });

/** Days of `kpi.order_day` that differ from the file's recount, or stand on one side only; empty when all agree. */
export async function compareWithFile(pool: Pool, source: string, fileDays: readonly Day[]): Promise<string[]> {
  const { rows } = await pool.query(
    `SELECT day::text, sum(total_orders) AS total_orders, sum(gross_amount) AS gross_amount, sum(credit_amount) AS credit_amount,
       sum(adjustment_amount) AS adjustment_amount, sum(net_amount) AS net_amount
     FROM kpi.order_day WHERE source = $1 GROUP BY day
     HAVING sum(total_orders + credit_notes + adjustments) > 0`,
    [source],
  );
  return differingDays(fileDays, z.array(daySchema).parse(rows));
}

/** Pure part of the comparison; amounts are compared by value, since 5.00 and 5.0000 are the same money. */
export function differingDays(fileDays: readonly Day[], liveDays: readonly Day[]): string[] {
  const canonical = new Map(liveDays.map((day) => [day.day, canonicalDay(day)]));
  const fromFile = new Map(fileDays.map((day) => [day.day, canonicalDay(day)]));
  return [...new Set([...canonical.keys(), ...fromFile.keys()])]
    .filter((day) => canonical.get(day) !== fromFile.get(day))
    .toSorted();
}

function canonicalDay(day: Day): string {
  const amounts = [day.gross_amount, day.credit_amount, day.adjustment_amount, day.net_amount].map(parseMoney);
  return [day.total_orders, ...amounts].join('|');
}
