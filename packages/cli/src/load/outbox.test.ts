import type { OutgoingMessage } from '@ebb/kafka';
import { describe, expect, test } from 'vitest';
import { createOutbox, IN_FLIGHT } from './outbox.ts';

const messages = (count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) => ({ key: String(index), value: Buffer.from('{}') }));

describe('createOutbox', () => {
  test('a slow answer makes the next request larger, not the queue of requests longer', async () => {
    const requests: { size: number; answer: () => void }[] = [];
    let acknowledged = 0;
    const outbox = createOutbox({
      send: (batch) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        requests.push({ size: batch.length, answer: resolve });
        return promise;
      },
      onAcknowledged: (count) => (acknowledged += count),
    });
    for (let tick = 0; tick < 100; tick += 1) outbox.put(messages(10));
    expect(requests.map(({ size }) => size)).toEqual(Array.from({ length: IN_FLIGHT }, () => 10));

    requests[0]?.answer();
    await expect.poll(() => requests.length).toBe(IN_FLIGHT + 1);
    expect(requests.at(-1)?.size).toBe(1_000 - 10 * IN_FLIGHT);

    const empty = outbox.empty();
    for (const { answer } of requests) answer();
    await empty;
    expect(acknowledged).toBe(1_000);
  });

  test('a failed request is not forgotten', async () => {
    const outbox = createOutbox({ send: () => Promise.reject(new Error('broker gone')), onAcknowledged: () => {} });
    outbox.put(messages(1));
    await expect(outbox.empty()).rejects.toThrow('broker gone');
  });

  test('nothing to send is done at once', async () => {
    const outbox = createOutbox({ send: () => Promise.resolve(), onAcknowledged: () => {} });
    await expect(outbox.empty()).resolves.toBeUndefined();
  });
});
