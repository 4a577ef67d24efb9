import type { Clickhouse } from '@ebb/clickhouse';
import { BankRows, OUTLET, ShopRows } from '@ebb/testing';

/** The bank's fixture, with six customers who are not silent yet. */
export async function seedBank(clickhouse: Clickhouse): Promise<void> {
  const bank = new BankRows(clickhouse);
  const at = '2026-03-14 10:00:00';
  await bank.loadAll(at);
  const bookings = ['3', '4', '5', '6', '7', '9'].map((customer_id) => ({
    ...bank.row('transactions', '4001'),
    transaction_id: `new${customer_id}`,
    customer_id,
    occurred_at: '2026-03-01 10:00:00',
  }));
  await bank.change('transactions', bookings, { at, op: 'c' });
}

/** Somebody who came on forty days in a row and then no more. */
export async function seedWhoIsGone(clickhouse: Clickhouse): Promise<void> {
  const days = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2026, 0, 10 + day)).toISOString().slice(0, 10));
  await new ShopRows(clickhouse).visits(
    days.map((day) => ({
      source: OUTLET,
      userId: 'gone',
      session: `g${day}`,
      at: `${day} 10:00:00`,
      type: 'page_view',
    })),
  );
}
