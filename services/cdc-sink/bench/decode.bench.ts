/**
 * Cost of making rows of web events, without Kafka and ClickHouse:
 *   node services/cdc-sink/bench/decode.bench.ts [--events 300000]
 */
import { parseArgs } from 'node:util';
import { RowBinaryWriter } from '@ebb/clickhouse';
import { acceptWebMessage, DEFAULT_POLICY, PolicyBook, scanWebMessage, WebEventScanner } from '@ebb/contracts';
import type { ConsumedMessage } from '@ebb/kafka';
import { eventStream } from '@ebb/testing';
import { encodeScannedEvent } from '../src/web/scanned-event-encoder.ts';
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

const positionOf = ({ offset, timestampMs }: ConsumedMessage) => ({ partition: 0, offset, kafkaTimeMs: timestampMs });

function measure(name: string, fn: () => number): void {
  for (let round = 0; round < 4; round += 1) {
    // Of this process alone: others may share the machine.
    const before = process.cpuUsage();
    const bytes = fn();
    const { user, system } = process.cpuUsage(before);
    console.log(
      `${name}: ${((user + system) / count).toFixed(2)} µs of CPU an event, ${Math.round(bytes / count)} bytes`,
    );
  }
}

measure('JSON.parse', () => {
  let bytes = 0;
  for (const { value } of messages) if (JSON.parse(String(value)) !== null) bytes += value?.length ?? 0;
  return bytes;
});

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
      encodeWebEvent(writer, acceptance.event, positionOf(message));
    }
    if (index % 500 === 499) bytes += writer.take().length;
  }
  return bytes;
});
measure('scan and encode', () => {
  const writer = new RowBinaryWriter();
  const scanner = new WebEventScanner();
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    if (scanWebMessage(scanner, message, book)) encodeScannedEvent(writer, scanner, positionOf(message));
    if (index % 500 === 499) bytes += writer.take().length;
  }
  return bytes;
});
