import { encodePurchaseEvent, encodeWebEvent } from '@ebb/contracts';
import { parseMoney } from '@ebb/core';
import { eventually, testPostgres, uniqueName } from '@ebb/testing';
import { expect, test } from 'vitest';
import { createTopics, isDrained, startAggregator } from './testing/harness.ts';

test('events, an order and garbage come out once, in the right tables', async () => {
  const [database, topics] = await Promise.all([testPostgres(), createTopics(3)]);
  const nowMs = Date.now();
  const web = (id: number, user: string): { key: string; value: string } => ({
    key: user,
    value: encodeWebEvent({
      eventId: `event-${id}`,
      eventTimeMs: nowMs - 1000,
      eventType: 'page_view',
      pageUrl: '/a',
      userId: user,
      sessionId: `session-${user}`,
    }),
  });
  const order = (status: 'processing' | 'cancelled', at: number): { key: string; value: string } => ({
    key: 'order-1',
    value: encodePurchaseEvent({
      eventId: `state-${status}`,
      orderId: 'order-1',
      status,
      purchaseTimeMs: nowMs - 5000,
      statusTimeMs: nowMs - at,
      currency: 'USD',
      items: [{ lineNo: 1, productId: 'p', description: null, quantity: 2, unitPrice: parseMoney('5') }],
      totalAmount: parseMoney('10'),
    }),
  });
  await topics.producer.send(topics.website, [web(1, 'a'), web(2, 'a'), web(3, 'b'), web(1, 'a')]);
  await topics.producer.send(topics.website, [{ key: 'x', value: '{"event_id":' }]);
  await topics.producer.send(topics.purchase, [order('processing', 4000), order('cancelled', 3000)]);
  const running = await startAggregator(database, { topics, group: uniqueName('group') });
  await eventually(() => isDrained(database, topics));
  const { rows } = await database.pool.query(
    'SELECT total_events, unique_users, total_sessions, total_page_views FROM kpi.web_minute',
  );
  expect(rows).toEqual([{ total_events: '3', unique_users: '2', total_sessions: '2', total_page_views: '3' }]);
  const orders = await database.pool.query(
    'SELECT total_orders, valid_orders, gross_amount, net_amount, avg_amount, total_products FROM kpi.order_day',
  );
  expect(orders.rows).toEqual([
    {
      total_orders: '1',
      valid_orders: '0',
      gross_amount: '10.0000',
      net_amount: '0.0000',
      avg_amount: null,
      total_products: '1',
    },
  ]);
  const letters = await database.pool.query('SELECT code FROM stream.dead_letters');
  expect(letters.rows).toEqual([{ code: 'malformed_json' }]);
  await running.stop();
  await topics.close();
});
