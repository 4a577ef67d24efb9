import { isLegalTransition, ORDER_STATUSES, type OrderStatus } from '@ebb/contracts';
import { testPostgres } from '@ebb/testing';
import { expect, it } from 'vitest';

it('the database and the contract call the same steps of an order legal', async () => {
  const { pool } = await testPostgres();
  const { rows } = await pool.query<{ before: OrderStatus | null; after: OrderStatus; legal: boolean }>(
    `SELECT before, after, sales.is_legal_transition(before, after) AS legal
     FROM unnest($1::text[]) AS after, unnest($1::text[] || NULL::text) AS before`,
    [ORDER_STATUSES],
  );
  expect(rows).toHaveLength(ORDER_STATUSES.length * (ORDER_STATUSES.length + 1));
  expect(rows.filter(({ before, after, legal }) => isLegalTransition(before, after) !== legal)).toEqual([]);
});
