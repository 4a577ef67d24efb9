/**
 * Cost of making rows of web events, without Kafka and ClickHouse:
 *   node services/cdc-sink/bench/decode.bench.ts [--events 300000]
 */
import { parseArgs } from 'node:util';
import { RowBinaryWriter } from '@ebb/clickhouse';
import { acceptWebMessage, DEFAULT_POLICY, PolicyBook } from '@ebb/contracts';
import type { ConsumedMessage } from '@ebb/kafka';
import { eventStream } from '@ebb/testing';
import { encodeWebEvent } from '../src/web/web-event-encoder.ts';

const { values: options } = parseArgs({ options: { events: { type: 'string', default: '300000' } } });
const count = Number(options.events);
const endMs = Date.now();
const stream = eventStream({
  seed: 'decode',
  customers: 50_000,
  perSecond: 10_000,
  startMs: endMs - count / 10,
  ids: 'random',
});
const messages: ConsumedMessage[] = stream.next(count).map(({ value, headers }, offset) => ({
  offset,
  timestampMs: endMs,
  value: Buffer.from(value ?? ''),
  headers: headers ?? {},
}));
const book = new PolicyBook([DEFAULT_POLICY]);

function measure(name: string, fn: () => number): void {
  for (let round = 0; round < 4; round += 1) {
    const startedAt = performance.now();
    const bytes = fn();
    const us = ((performance.now() - startedAt) * 1000) / count;
    console.log(`${name}: ${us.toFixed(2)} µs an event, ${Math.round(bytes / count)} bytes`);
  }
}

measure('accept', () => {
  let bytes = 0;
  for (const message of messages) {
    if (acceptWebMessage(message, book).kind === 'accepted') bytes += message.value?.length ?? 0;
  }
  return bytes;
});
measure('accept and encode', () => {
  const writer = new RowBinaryWriter();
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const acceptance = acceptWebMessage(message, book);
    if (acceptance.kind === 'accepted') {
      encodeWebEvent(writer, acceptance.event, {
        partition: 0,
        offset: message.offset,
        kafkaTimeMs: message.timestampMs,
      });
    }
    if (index % 500 === 499) bytes += writer.take().length;
  }
  return bytes;
});
