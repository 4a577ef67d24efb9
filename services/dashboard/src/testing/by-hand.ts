import { OUTLET } from '@ebb/testing';
import type { ReportApp } from './report-app.ts';

/** Figures by SQL over what landed, apart from all models. */

/** The shop's orders in USD on some days (a condition, `BETWEEN …`). */
export function ordersByHand(
  app: ReportApp,
  days: string,
): Promise<Record<'orders' | 'valid' | 'gross' | 'net' | 'credits', string>> {
  return app.one(`
  SELECT toString(countIf(kind = 'order')) AS orders,
    toString(countIf(kind = 'order' AND order_status NOT IN ('cancelled', 'returned'))) AS valid,
    toString(sumIf(total_amount, kind = 'order')) AS gross,
    toString(sumIf(total_amount, kind = 'credit_note')) AS credits,
    toString(sumIf(total_amount, kind = 'credit_note'
      OR (kind = 'order' AND order_status NOT IN ('cancelled', 'returned')))) AS net
  FROM raw.sales_orders_current
  WHERE source = '${OUTLET}' AND currency = 'USD' AND toDate(purchase_time) ${days}`);
}

/** Its web events and sessions. */
export function visitsByHand(app: ReportApp, days: string): Promise<Record<'events' | 'sessions' | 'bought', string>> {
  return app.one(`
  SELECT toString(count()) AS events, toString(uniqExact(session_id)) AS sessions,
    toString(uniqExactIf(session_id, event_type = 'checkout_success')) AS bought
  FROM raw.web_events_current WHERE source = '${OUTLET}' AND toDate(event_time) ${days}`);
}

/** Each customer's recency, frequency and value by hand, over the lines that landed. */
export const CUSTOMERS_BY_HAND = `
  SELECT CustomerID AS id, dateDiff('day', max(toDate(InvoiceDate)), toDate('2026-03-14')) AS recency,
    uniqExact(Invoice) AS frequency, sum(toDecimal128(Price, 2) * Quantity) AS monetary
  FROM raw.retail_transactions_bronze_current
  WHERE CustomerID IS NOT NULL AND Quantity > 0 AND NOT startsWith(Invoice, 'C')
  GROUP BY id`;
