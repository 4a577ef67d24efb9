import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICY, encodePurchaseEvent, encodeWebEvent, HEADERS, makeDeadLetter } from '@ebb/contracts';
import {
  type ConsumedMessage,
  createConsumer,
  createKafka,
  createProducer,
  ensureTopics,
  type Producer,
  topicOffsets,
} from '@ebb/kafka';
import { eventually, testKafka, testPostgres, type TestPostgres, uniqueName } from '@ebb/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countByReason, dropLetters, findLetter, newestLetters } from './dead-letter-queries.ts';
import { replayLetters } from './replay.ts';

const nowMs = Date.UTC(2026, 10, 21, 10);
const kafka = createKafka({ ...testKafka(), clientId: 'dlq-test' });
const topics = { website: uniqueName('website'), purchase: uniqueName('purchase') };
let producer: Producer;
let database: TestPostgres;

beforeAll(async () => {
  await ensureTopics(
    kafka,
    Object.values(topics).map((name) => ({ name, partitions: 3, replicationFactor: 1, config: {} })),
  );
  producer = createProducer(kafka);
  await producer.connect();
});
afterAll(() => producer.disconnect());
beforeEach(async () => {
  database = await testPostgres();
});

const webEvent = (eventId: string, eventTimeMs = nowMs): string =>
  encodeWebEvent({ eventId, eventTimeMs, eventType: 'login', userId: `user of ${eventId}` });

interface LetterOptions {
  kind?: 'website' | 'purchase' | 'file';
  code?: string;
  topic?: string | null;
  isReplay?: boolean;
  failedAtMs?: number;
}

/** Stores a letter as the aggregator does and gives its id. */
async function store(payload: string | Buffer, options: LetterOptions = {}): Promise<string> {
  const letter = makeDeadLetter({
    id: randomUUID(),
    service: 'collector',
    kind: options.kind ?? 'website',
    topic: options.topic ?? null,
    code: options.code ?? 'unknown_event_type',
    message: 'as it was',
    isReplay: options.isReplay ?? false,
    failedAtMs: options.failedAtMs ?? nowMs,
    payload: Buffer.from(payload),
  });
  await database.pool.query(
    `INSERT INTO stream.dead_letters (id, service, kind, topic, code, message, is_replay, failed_at, payload,
       payload_bytes, truncated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      letter.id,
      letter.service,
      letter.kind,
      letter.topic,
      letter.code,
      letter.message,
      letter.isReplay,
      new Date(letter.failedAtMs),
      letter.payload,
      letter.payloadBytes,
      letter.truncated,
    ],
  );
  return letter.id;
}

const replay = (filter: Parameters<typeof replayLetters>[1], isDryRun = false) =>
  replayLetters(
    { pool: database.pool, producer: isDryRun ? null : producer, policy: DEFAULT_POLICY, nowMs, topics },
    filter,
  );

async function messageCount(topic: string): Promise<bigint> {
  return (await topicOffsets(kafka, topic)).reduce((sum, { high }) => sum + high, 0n);
}

/** Everything in a topic. */
async function readAll(topic: string): Promise<ConsumedMessage[]> {
  const expected = Number(await messageCount(topic));
  const messages: ConsumedMessage[] = [];
  const consumer = createConsumer(kafka, {
    groupId: uniqueName('dlq-test'),
    topics: [topic],
    maxBytesPerPartition: 1_048_576,
    maxBytes: 4_194_304,
    maxWaitMs: 100,
    sessionTimeoutMs: 10_000,
    concurrency: 3,
    giveUpAfterMs: 30_000,
  });
  const running = consumer.run({
    onAssigned: (partitions) => {
      for (const partition of partitions) consumer.seek(partition, 0);
    },
    onChunk: async (chunk) => void messages.push(...chunk.messages),
  });
  await eventually(() => messages.length >= expected, { timeoutMs: 30_000 });
  await consumer.stop();
  await running;
  return messages;
}

describe('replay', () => {
  it('sends payloads as they were, to the topic of their kind, with the replay header they had', async () => {
    const old = webEvent('history', Date.UTC(2009, 11, 1));
    const purchase = encodePurchaseEvent({
      eventId: 'p',
      orderId: 'order',
      status: 'completed',
      purchaseTimeMs: nowMs,
      statusTimeMs: nowMs,
      currency: 'EUR',
      items: [],
      totalAmount: 0n,
    });
    const ids = [
      await store(webEvent('fresh')),
      await store(old, { isReplay: true }),
      await store(purchase, { kind: 'purchase' }),
    ];
    expect(await replay({ ids })).toEqual({ sent: 3, kept: [] });
    const web = await readAll(topics.website);
    expect(web.map(({ value }) => String(value)).toSorted()).toEqual([webEvent('fresh'), old].toSorted());
    const headers = { [HEADERS.policy]: '1', [HEADERS.producer]: 'dlq-replay' };
    expect(web.find(({ value }) => String(value) === old)?.headers).toEqual({ ...headers, [HEADERS.replay]: '1' });
    expect(web.find(({ value }) => String(value) !== old)?.headers).toEqual(headers);
    expect((await readAll(topics.purchase)).map(({ value }) => String(value))).toEqual([purchase]);
    for (const id of ids) expect(await findLetter(database.pool, id)).toMatchObject({ replay_count: 1 });
  });

  it('keeps what would be rejected again, was cut, or is no event', async () => {
    const before = await messageCount(topics.website);
    const reasons = new Map([
      [await store('{"event_id":'), 'would be rejected again: malformed_json'],
      [await store(webEvent('old', Date.UTC(2009, 11, 1))), 'would be rejected again: older_than_retention'],
      [await store(`${webEvent('long')}${' '.repeat(300_000)}`), 'only 262144 of'],
      [await store('a,b', { kind: 'file' }), 'a file is not an event'],
    ]);
    const outcome = await replay({ reason: 'unknown_event_type' });
    expect(outcome.sent).toBe(0);
    expect(outcome.kept).toHaveLength(reasons.size);
    for (const { id, reason } of outcome.kept) expect(reason).toContain(reasons.get(id));
    expect(await messageCount(topics.website)).toBe(before);
    expect(await countByReason(database.pool, { withReplayed: false })).toMatchObject([{ letters: '4' }]);
  });

  it('a dry run sends and marks nothing; without --again a letter is sent once', async () => {
    const before = await messageCount(topics.website);
    const id = await store(webEvent('again'));
    expect(await replay({ ids: [id] }, true)).toEqual({ sent: 1, kept: [] });
    expect(await messageCount(topics.website)).toBe(before);
    expect(await findLetter(database.pool, id)).toMatchObject({ replayed_at: null });
    const unsent = { reason: 'unknown_event_type', withReplayed: false };
    expect(await replay(unsent)).toEqual({ sent: 1, kept: [] });
    expect(await replay(unsent)).toEqual({ sent: 0, kept: [] });
    expect(await replay({ ...unsent, withReplayed: true })).toEqual({ sent: 1, kept: [] });
    expect(await messageCount(topics.website)).toBe(before + 2n);
    expect(await findLetter(database.pool, id)).toMatchObject({ replay_count: 2 });
  });

  it('walks through more letters than a page, of one millisecond', async () => {
    const before = await messageCount(topics.website);
    await database.pool.query(
      `INSERT INTO stream.dead_letters (id, service, kind, code, message, failed_at, payload, payload_bytes, truncated)
       SELECT gen_random_uuid(), 'collector', 'website', 'unknown_event_type', 'm',
         '2026-11-21 10:00Z'::timestamptz + n % 3 * interval '1 microsecond',
         convert_to(replace($1, 'event-n', 'event-' || n), 'UTF8'), length($1), false
       FROM generate_series(1, 1203) n`,
      [webEvent('event-n')],
    );
    expect(await replay({ reason: 'unknown_event_type' })).toEqual({ sent: 1203, kept: [] });
    expect(await messageCount(topics.website)).toBe(before + 1203n);
    expect(await countByReason(database.pool, { withReplayed: false })).toEqual([]);
  });
});

describe('choice', () => {
  it('is by reason and time, newest first', async () => {
    const first = await store('1', { code: 'malformed_json', failedAtMs: nowMs - 2000 });
    const second = await store('2', { code: 'malformed_json', failedAtMs: nowMs - 1000 });
    const other = await store('3', { code: 'missing_field', failedAtMs: nowMs });
    const ids = async (filter: Parameters<typeof newestLetters>[1]) =>
      (await newestLetters(database.pool, filter, 10)).map(({ id }) => id);
    expect(await ids({})).toEqual([other, second, first]);
    expect(await ids({ reason: 'malformed_json' })).toEqual([second, first]);
    expect(await ids({ since: new Date(nowMs - 1000), until: new Date(nowMs) })).toEqual([second]);
    expect(await ids({ ids: [first] })).toEqual([first]);
    expect(await countByReason(database.pool, {})).toMatchObject([
      { code: 'malformed_json', letters: '2', not_replayed: '2' },
      { code: 'missing_field', letters: '1' },
    ]);
  });

  it('a dropped letter is out of every choice, but on record', async () => {
    const id = await store(webEvent('dropped'));
    expect(await dropLetters(database.pool, { reason: 'unknown_event_type' })).toBe(1);
    expect(await newestLetters(database.pool, {}, 10)).toEqual([]);
    expect(await replay({ ids: [id] })).toEqual({ sent: 0, kept: [] });
    expect(await findLetter(database.pool, id)).toMatchObject({ code: 'unknown_event_type', payload: Buffer.alloc(0) });
  });
});
