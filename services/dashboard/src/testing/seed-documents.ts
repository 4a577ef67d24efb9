import type { Pool } from '@ebb/postgres';
import { OUTLET } from '@ebb/testing';

/** What Postgres holds of customer u0: an order on its way, a credit note, an open and a resolved ticket. */
export async function seedDocuments(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO sales.orders (source, order_id, kind, user_id, order_status, status_rank, status_time, event_id,
       purchase_time, currency, total_amount, product_lines, _partition, _offset, _kafka_time)
     VALUES ($1, 'd13o0', 'order', 'u0', 'shipped', 2, '2026-03-14T12:30:00Z', 'e1', '2026-03-14T11:00:00Z', 'USD', 33.25, 2,
         0, 1, now()),
       ($1, 'd13c', 'credit_note', 'u0', 'completed', 3, '2026-03-14T11:00:00Z', 'e2', '2026-03-13T11:00:00Z', 'USD', -1.5, 1,
         0, 2, now()),
       ($1, 'd13o1', 'order', 'u1', 'completed', 3, '2026-03-14T11:00:00Z', 'e3', '2026-03-14T11:00:00Z', 'USD', 34.25, 1,
         0, 3, now())`,
    [OUTLET],
  );
  await pool.query(
    `INSERT INTO crm.customers (source, customer_id, first_name, last_name, geography, date_opened)
     VALUES ($1, 'u0', 'Uma', 'Zero', 'US', '2026-01-01')`,
    [OUTLET],
  );
  await pool.query(
    `INSERT INTO crm.support_tickets (source, ticket_id, customer_id, issue_type, severity, description, opened_at, resolved_at,
       resolution_time_hrs)
     VALUES ($1, 't1', 'u0', 'Late Delivery', 'High', 'private words', '2026-03-10T10:00:00Z', '2026-03-10T12:30:00Z', 2.50),
       ($1, 't2', 'u0', 'Login Issue', 'Low', 'private words', '2026-03-12T10:00:00Z', NULL, NULL)`,
    [OUTLET],
  );
}
