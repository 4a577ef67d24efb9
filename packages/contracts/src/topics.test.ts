import { expect, test } from 'vitest';
import { DEAD_LETTER_MAX_PAYLOAD_BYTES, encodeDeadLetter, makeDeadLetter } from './dead-letter.ts';
import { LIMITS } from './limits.ts';
import { topicDefinitions } from './topics.ts';

const definitions = topicDefinitions({ partitions: 6, retentionDays: 7, replicationFactor: 3 });
const configOf = (name: string) => definitions.find((topic) => topic.name === name)?.config ?? {};

test('every topic is stamped by the broker, kept for the retention and survives one broker', () => {
  expect(definitions.map(({ name }) => name)).toEqual([
    'website_events',
    'purchase_events',
    'dead_letters',
    'collector_receipts',
  ]);
  for (const topic of definitions) {
    expect(topic).toMatchObject({ partitions: 6, replicationFactor: 3 });
    expect(topic.config).toMatchObject({
      'message.timestamp.type': 'LogAppendTime',
      'retention.ms': '604800000',
      'min.insync.replicas': '2',
    });
  }
});

test('a single broker is asked for one replica', () => {
  const [topic] = topicDefinitions({ partitions: 1, retentionDays: 1, replicationFactor: 1 });
  expect(topic?.config['min.insync.replicas']).toBe('1');
});

test('the largest message of each kind fits its topic', () => {
  const bytes = (name: string) => Number(configOf(name)['max.message.bytes']);
  expect(bytes('website_events')).toBeGreaterThan(LIMITS.messageBytes + 1024);
  expect(bytes('purchase_events')).toBeGreaterThan(LIMITS.messageBytes + 1024);
  const largest = makeDeadLetter({
    id: '0192f0c8-5f3a-7c11-8b4e-2f6a1d0c9b7e',
    service: 's'.repeat(64),
    kind: 'website',
    code: 'malformed_json',
    message: '\u001F'.repeat(2000),
    eventId: '\u001F'.repeat(100),
    failedAtMs: 0,
    payload: Buffer.alloc(DEAD_LETTER_MAX_PAYLOAD_BYTES * 2),
  });
  expect(largest.truncated).toBe(true);
  expect(Buffer.byteLength(encodeDeadLetter(largest))).toBeLessThan(bytes('dead_letters') - 1024);
});
