import { createKafka } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import { testClickhouse, testPostgres } from '@ebb/testing';
import { expect, test } from 'vitest';
import { copyLiveFigures } from './live-figures.ts';
import { addTraffic, rebuildDays, WEB_TOPIC } from './testing/traffic.ts';

test('with its own rights the ledger copies every figure as it is, and the offsets it stands for', async () => {
  const [postgres, { clickhouse }] = [await testPostgres(), await testClickhouse()];
  await addTraffic(postgres.pool);
  await rebuildDays(postgres.pool);
  const pool = createPool({ url: postgres.roleUrl('ebb_ledger'), max: 1, applicationName: 'ebb-test' });
  const kafka = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'none' });
  const { days } = await copyLiveFigures({ pool, clickhouse, kafka }, WEB_TOPIC);
  await pool.end();
  const { rows } = await postgres.pool.query<{ text: string }>(
    `SELECT concat_ws(' ', day, source, currency, total_orders, trim_scale(gross_amount), trim_scale(net_amount),
       trim_scale(avg_amount), total_products, trim_scale(credit_amount), trim_scale(adjustment_amount)) AS text
     FROM kpi.order_day ORDER BY day, source, currency`,
  );
  const copied = await clickhouse.query<{ text: string }>(
    `SELECT concatWithSeparator(' ', toString(day), source, currency, toString(total_orders), toString(gross_amount),
       toString(net_amount), ifNull(toString(avg_amount), ''), toString(total_products), toString(credit_amount),
       toString(adjustment_amount)) AS text
     FROM raw.live_order_day ORDER BY day, source, currency`,
  );
  expect(copied.map(({ text }) => text)).toEqual(rows.map(({ text }) => text));
  const [web] = await clickhouse.query<{ n: string }>('SELECT count() AS n FROM raw.live_web_day');
  expect(Number(web?.n) + rows.length).toBe(days);
  const [mark] = await clickhouse.query<{ offsets: Record<string, string> }>(
    'SELECT web_offsets AS offsets FROM raw.live_snapshots',
  );
  expect(mark?.offsets).toEqual({ '0': '1198', '1': '1199', '2': '1200' });
}, 300_000);
