import type { Customer, CustomerOrder, Ticket } from '../../api/customers-schema.ts';
import { type Queryable, toCount, toIso } from '../rows.ts';

const NEWEST = 20;

interface OrderRow {
  order_id: string;
  kind: string;
  order_status: string;
  status_time: Date;
  purchase_time: Date;
  total_amount: string;
  currency: string;
  product_lines: number;
  total: string;
}

/** A customer's orders, credit notes and adjustments as they stand now. */
export function readOrders(db: Queryable, source: string, customerId: string): Promise<Customer['orders']> {
  return newestOf(
    db.query<OrderRow>(
      `SELECT order_id, kind, order_status, status_time, purchase_time, total_amount::text, currency, product_lines,
       count(*) OVER () AS total
     FROM sales.orders WHERE user_id = $2 AND source = $1
     ORDER BY purchase_time DESC, order_id LIMIT ${NEWEST}`,
      [source, customerId],
    ),
    orderOf,
  );
}

function orderOf(row: OrderRow): CustomerOrder {
  return {
    orderId: row.order_id,
    kind: row.kind,
    status: row.order_status,
    statusAt: row.status_time.toISOString(),
    purchasedAt: row.purchase_time.toISOString(),
    amount: row.total_amount,
    currency: row.currency,
    lines: row.product_lines,
  };
}

interface TicketRow {
  ticket_id: string;
  issue_type: string;
  severity: string;
  opened_at: Date;
  resolved_at: Date | null;
  hours: string | null;
  total: string;
}

/** A customer's tickets as they stand now. What was written in them is told nobody. */
export function readTickets(db: Queryable, source: string, customerId: string): Promise<Customer['tickets']> {
  return newestOf(
    db.query<TicketRow>(
      `SELECT ticket_id, issue_type, severity, opened_at, resolved_at, resolution_time_hrs::text AS hours,
       count(*) OVER () AS total
     FROM crm.support_tickets WHERE source = $1 AND customer_id = $2
     ORDER BY opened_at DESC, ticket_id LIMIT ${NEWEST}`,
      [source, customerId],
    ),
    ticketOf,
  );
}

function ticketOf(row: TicketRow): Ticket {
  return {
    ticketId: row.ticket_id,
    issue: row.issue_type,
    severity: row.severity,
    openedAt: row.opened_at.toISOString(),
    resolvedAt: toIso(row.resolved_at),
    hours: row.hours,
  };
}

/** Documents of which each row says how many there are in all. */
async function newestOf<R extends { total: string }, D>(
  answer: Promise<{ rows: R[] }>,
  documentOf: (row: R) => D,
): Promise<{ total: number; newest: D[] }> {
  const { rows } = await answer;
  return { total: toCount(rows[0]?.total), newest: rows.map(documentOf) };
}
