import { formatMoney, type Money, parseMoney } from '@ebb/core';
import type { Pool } from '@ebb/postgres';
import { z } from 'zod';

/** What the live KPIs say about a source and a currency, over all days. */
export interface Revenue {
  source: string;
  currency: string;
  orders: number;
  creditNotes: number;
  adjustments: number;
  gross: Money;
  /** Total of orders that were cancelled or returned; not in net. */
  takenBack: Money;
  credit: Money;
  adjustment: Money;
  net: Money;
}

const rowSchema = z.object({
  source: z.string(),
  currency: z.string(),
  orders: z.coerce.number(),
  credit_notes: z.coerce.number(),
  adjustments: z.coerce.number(),
  gross: z.string(),
  credit: z.string(),
  adjustment: z.string(),
  net: z.string(),
});

export async function readRevenue(pool: Pool): Promise<Revenue[]> {
  const { rows } = await pool.query(`SELECT source, currency, sum(total_orders) AS orders,
      sum(credit_notes) AS credit_notes, sum(adjustments) AS adjustments, sum(gross_amount) AS gross,
      sum(credit_amount) AS credit, sum(adjustment_amount) AS adjustment, sum(net_amount) AS net
    FROM kpi.order_day GROUP BY source, currency ORDER BY source, currency`);
  return z.array(rowSchema).parse(rows).map(toRevenue);
}

function toRevenue(row: z.infer<typeof rowSchema>): Revenue {
  const [gross, credit, net] = [parseMoney(row.gross), parseMoney(row.credit), parseMoney(row.net)];
  return {
    source: row.source,
    currency: row.currency,
    orders: row.orders,
    creditNotes: row.credit_notes,
    adjustments: row.adjustments,
    gross,
    takenBack: gross + credit - net,
    credit,
    adjustment: parseMoney(row.adjustment),
    net,
  };
}

function row(label: string, amount: Money, note = ''): string {
  return `  ${label.padEnd(34)}${formatThousands(amount).padStart(20)}  ${note}`.trimEnd();
}

/** The way from gross to net in lines that add up, adjustments apart. */
export function bridgeLines(revenue: Revenue): string[] {
  return [
    `Revenue of source ${revenue.source} in ${revenue.currency}`,
    row('gross, all orders', revenue.gross, `${revenue.orders} orders`),
    row('− cancelled and returned orders', -revenue.takenBack),
    row('+ credit notes (signed)', revenue.credit, `${revenue.creditNotes} credit notes`),
    row('= net', revenue.net),
    row('adjustments, in neither', revenue.adjustment, `${revenue.adjustments} documents`),
  ];
}

/** `10,305,892.024`, from the decimal text: amounts never pass through a float. */
export function formatThousands(money: Money): string {
  const [whole = '', fraction = ''] = formatMoney(money).split('.');
  return `${whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',')}.${fraction}`;
}
