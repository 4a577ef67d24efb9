import type { OutgoingMessage, Producer } from '@ebb/kafka';
import { describe, expect, test } from 'vitest';
import { BatchingProducer, splitByWeight, type TopicMessage } from './batching-producer.ts';

type Batch = { topic: string; messages: OutgoingMessage[] }[];

/** Holds every produce until it is settled by the test. */
function heldProducer(): { producer: Producer; sent: { batch: Batch; settle: (error?: Error) => void }[] } {
  const sent: { batch: Batch; settle: (error?: Error) => void }[] = [];
  const sendBatch = (batch: Batch): Promise<void> =>
    new Promise((resolve, reject) => {
      sent.push({ batch, settle: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const producer: Producer = {
    connect: () => Promise.resolve(),
    send: (topic, messages) => sendBatch([{ topic, messages }]),
    sendBatch,
    disconnect: () => Promise.resolve(),
  };
  return { producer, sent };
}

function batching(producer: Producer, maxInFlight = 1): BatchingProducer {
  return new BatchingProducer(producer, {
    maxBatchBytes: 100,
    maxInFlight,
    lingerMs: 0,
    nowMs: () => 0,
    onProduced: () => {},
  });
}

const message = (value: string, weight = 10): TopicMessage => ({ topic: 't', key: null, value, weight });
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const valuesOf = (batch: Batch): unknown[] => batch.flatMap(({ messages }) => messages.map(({ value }) => value));

describe('the batching producer', () => {
  test('joins what waits while a produce is under way', async () => {
    const { producer, sent } = heldProducer();
    const batches = batching(producer);
    const first = batches.send([message('a')]);
    await turn();
    const others = [batches.send([message('b')]), batches.send([message('c'), message('d')])];
    await turn();
    expect(sent.map(({ batch }) => valuesOf(batch))).toEqual([['a']]);
    sent[0]?.settle();
    await first;
    await turn();
    expect(sent.map(({ batch }) => valuesOf(batch))).toEqual([['a'], ['b', 'c', 'd']]);
    sent[1]?.settle();
    await Promise.all(others);
  });

  test('a request split over two produces fails when one of them fails, and waits for both', async () => {
    const { producer, sent } = heldProducer();
    const batches = batching(producer, 2);
    let settled = false;
    const request = batches.send([message('a', 80), message('b', 80)]);
    const outcome = request.then(
      () => 'sent',
      (error: Error) => error.message,
    );
    void outcome.then(() => (settled = true));
    await turn();
    sent[1]?.settle(new Error('no leader'));
    await turn();
    expect(settled).toBe(false);
    sent[0]?.settle();
    expect(await outcome).toBe('no leader');
  });

  test('a failed produce does not hold up the next one', async () => {
    const { producer, sent } = heldProducer();
    const batches = batching(producer);
    const failing = batches.send([message('a')]);
    await turn();
    const next = batches.send([message('b')]);
    sent[0]?.settle(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    await turn();
    sent[1]?.settle();
    await expect(next).resolves.toBeUndefined();
  });

  test('nothing to send is sent at once', async () => {
    await expect(batching(heldProducer().producer).send([])).resolves.toBeUndefined();
  });
});

test('parts weigh at most the limit, and a heavier message stands alone', () => {
  const parts = splitByWeight(
    [message('a', 60), message('b', 40), message('c', 1), message('d', 500), message('e', 5)],
    100,
  );
  expect(parts.map((part) => part.messages.map(({ value }) => value))).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
});
