import { createClickhouse } from '@ebb/clickhouse';
import { expect, test } from 'vitest';
import { testClickhouse } from './index.ts';

test('a migrated server of the test alone, that can be killed and comes back with its rows', async () => {
  const server = await testClickhouse();
  const { clickhouse, readerUrl } = server;
  const columns = ['lane', 'topic', 'partition', 'next_offset', 'max_version'];
  const row = {
    lane: 'web',
    topic: 't',
    partition: 0,
    next_offset: '7',
    max_version: '340282366920938463463374607431768211455',
  };
  await clickhouse.insert('ops.sink_progress', {
    columns,
    format: 'JSONEachRow',
    body: Buffer.from(JSON.stringify(row)),
  });
  await server.kill();
  await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ code: 'UNREACHABLE', retryable: true });
  await server.start();
  expect(await clickhouse.query(`SELECT ${columns.join(', ')} FROM ops.sink_progress FINAL`)).toEqual([row]);
  const reader = createClickhouse({ url: readerUrl, applicationName: 'test' });
  expect(await reader.query('SELECT count() AS events FROM raw.web_events_current')).toEqual([{ events: '0' }]);
  await expect(reader.command('TRUNCATE TABLE ops.sink_progress')).rejects.toMatchObject({ code: 'REFUSED' });
  await reader.close();
});
