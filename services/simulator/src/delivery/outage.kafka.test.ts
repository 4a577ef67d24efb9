import { sleep } from '@ebb/core';
import { createKafka, ensureTopics } from '@ebb/kafka';
import { startPrivateKafka } from '@ebb/testing';
import { expect, test } from 'vitest';
import { readTopics } from '../testing/read-topics.ts';
import { CLIENT_RETRIES, KafkaDelivery } from './kafka-delivery.ts';

const OUTAGE_MS = 10_000;

test('a broker killed for 10 seconds in mid-run costs no acknowledged message', async () => {
  const broker = await startPrivateKafka();
  const kafka = createKafka({ brokers: broker.brokers, clientId: 'test', retries: CLIENT_RETRIES });
  await ensureTopics(kafka, [{ name: 'events', partitions: 3, replicationFactor: 1, config: {} }]);
  const retries: number[] = [];
  const delivery = new KafkaDelivery(kafka, { onRetry: (attempt) => retries.push(attempt) });
  await delivery.connect();
  const acknowledged: string[] = [];
  let next = 0;
  const sendBatch = async (): Promise<void> => {
    const ids = Array.from({ length: 200 }, () => `e${(next += 1)}`);
    await delivery.deliver([{ topic: 'events', messages: ids.map((id) => ({ key: id, value: id })) }]);
    acknowledged.push(...ids);
  };
  for (let round = 0; round < 20; round += 1) await sendBatch();
  const outage = broker.signal('SIGKILL').then(async () => {
    await sleep(OUTAGE_MS);
    await broker.start();
  });
  for (let round = 0; round < 40; round += 1) await sendBatch();
  await outage;
  await delivery.close();
  const stored = new Set(await readTopics(broker.brokers, ['events']));
  expect(retries.length).toBeGreaterThan(0);
  expect(acknowledged).toHaveLength(12_000);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
});

test('a broker that is not there is tried five times, further apart each time', async () => {
  const kafka = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'test', retries: CLIENT_RETRIES });
  const delays: number[] = [];
  const connectPolicy = { attempts: 5, initialDelayMs: 20, maxDelayMs: 1_000, jitter: 0 };
  const delivery = new KafkaDelivery(kafka, { connectPolicy, onRetry: (_, delayMs) => delays.push(delayMs) });
  await expect(delivery.connect()).rejects.toThrow(/connecting to Kafka/);
  expect(delays).toEqual([20, 40, 80, 160]);
});
