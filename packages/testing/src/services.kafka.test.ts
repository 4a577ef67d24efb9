import { createKafka, createProducer, ensureTopics, topicOffsets } from '@ebb/kafka';
import { createPool } from '@ebb/postgres';
import { describe, expect, test } from 'vitest';
import { testKafka, testPostgres, uniqueName } from './index.ts';

describe('test servers', () => {
  test('every database is migrated and one of its own', async () => {
    const [one, other] = await Promise.all([testPostgres(), testPostgres()]);
    await one.pool.query(`insert into ops.settings values ('colour', 'blue')`);
    const { rows } = await other.pool.query(`select from ops.settings where key = 'colour'`);
    expect(rows).toHaveLength(0);
  });

  test('a role has its own permissions', async () => {
    const database = await testPostgres();
    const pool = createPool({ url: database.roleUrl('ebb_collector'), applicationName: 'test', max: 1 });
    await expect(pool.query('delete from ops.write_keys')).rejects.toThrow('permission denied');
    await pool.end();
  });

  test('dropping twice is the same as once', async () => {
    const database = await testPostgres();
    await Promise.all([database.drop(), database.drop()]);
    await expect(createPool({ url: database.url, applicationName: 'test' }).query('select 1')).rejects.toThrow(
      'does not exist',
    );
  });

  test('the broker takes and keeps messages', async () => {
    const kafka = createKafka({ ...testKafka(), clientId: 'test' });
    const topic = uniqueName('topic');
    await ensureTopics(kafka, [{ name: topic, partitions: 1, replicationFactor: 1, config: {} }]);
    const producer = createProducer(kafka);
    await producer.connect();
    await producer.send(topic, [{ key: 'a', value: 'b' }]);
    await producer.disconnect();
    expect(await topicOffsets(kafka, topic)).toEqual([{ partition: 0, low: 0n, high: 1n }]);
  });
});
