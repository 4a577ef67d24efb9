import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acceptPurchaseMessage, acceptWebMessage } from './accept.ts';
import { findBreakingChanges } from './compatibility.ts';
import { parseDeadLetter } from './dead-letter.ts';
import { contractFiles, type JsonSchema, topicJsonSchemas } from './json-schema.ts';
import { DEFAULT_POLICY, PolicyBook } from './policy.ts';
import { PURCHASE_EVENT_SCHEMA_VERSION } from './purchase-event.ts';
import { parseReceipt } from './receipt.ts';
import { HEADERS, REPLAY_HEADER_VALUE, TOPICS } from './topics.ts';
import { WEB_EVENT_SCHEMA_VERSION } from './web-event.ts';

/**
 * fixtures/released/vN holds, for each version ever released, its JSON Schemas and messages as they stand in topics and
 * tables. They are history: a new version gets a new directory, the old ones are never edited.
 */
const HISTORY = join(import.meta.dirname, '..', 'fixtures', 'released');
const CURRENT = Math.max(WEB_EVENT_SCHEMA_VERSION, PURCHASE_EVENT_SCHEMA_VERSION);
const versions = readdirSync(HISTORY);
const topics = Object.values(TOPICS);
const released = versions.flatMap((version) => topics.map((topic): [string, string] => [version, topic]));
const book = new PolicyBook([DEFAULT_POLICY]);

test('every released version has its history', () => {
  expect(versions.toSorted()).toEqual(Array.from({ length: CURRENT }, (_, index) => `v${index + 1}`));
});

test.each(released)('%s %s: the schema of today accepts what it accepted', (version, topic) => {
  const before = JSON.parse(read(version, `${topic}.schema.json`)) as JsonSchema;
  const after = JSON.parse(JSON.stringify(topicJsonSchemas()[topic])) as JsonSchema;
  expect(findBreakingChanges(before, after)).toEqual([]);
});

// After a compatible change: npx ebb contracts export packages/contracts/fixtures/released/vN
test.each(topics)('%s: the schema kept for the current version is the one exported today', (topic) => {
  const name = `${topic}.schema.json`;
  expect(contractFiles()[name]).toBe(read(`v${CURRENT}`, name));
});

interface StoredMessage {
  readonly message: unknown;
  /** What reading it gave when it was stored. */
  readonly reads: unknown;
}

const stored = released.flatMap(([version, topic]) =>
  read(version, `${topic}.jsonl`)
    .trim()
    .split('\n')
    .map((line, index): [string, string, number, StoredMessage] => [
      version,
      topic,
      index + 1,
      JSON.parse(line) as StoredMessage,
    ]),
);

test.each(stored)('%s %s: stored message %i reads as it did', (_version, topic, _line, { message, reads }) => {
  expect(JSON.parse(renderReading(topic, message))).toEqual(reads);
});

/** What the code of today makes of a message, with money and buffers as text. */
function renderReading(topic: string, message: unknown): string {
  const reading = readMessage(topic, Buffer.from(JSON.stringify(message)));
  return JSON.stringify(reading, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

function readMessage(topic: string, value: Buffer): unknown {
  const headers = { [HEADERS.replay]: REPLAY_HEADER_VALUE };
  const message = { value, timestampMs: Date.UTC(2199, 11, 31), headers };
  switch (topic) {
    case TOPICS.websiteEvents:
      return acceptWebMessage(message, book);
    case TOPICS.purchaseEvents:
      return acceptPurchaseMessage(message, book);
    case TOPICS.deadLetters:
      return parseDeadLetter(value);
    default:
      return parseReceipt(value);
  }
}

function read(version: string, name: string): string {
  return readFileSync(join(HISTORY, version, name), 'utf8');
}
