import { gzipSync } from 'node:zlib';
import { HEADERS, parseDeadLetter, parseReceipt, tallyDigests, webEventDigest } from '@ebb/contracts';
import { must } from '@ebb/core';
import { eventually, testKafka, testPostgres } from '@ebb/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from './testing/collector-kit.ts';
import { answerOf, order, pageView, pageViewIdentity, refusalCode, send } from './testing/events.ts';
import { readTopic } from './testing/read-topic.ts';

const { brokers } = testKafka();
let collector: TestCollector;

beforeAll(async () => {
  const database = await testPostgres();
  const postgresUrl = database.roleUrl('ebb_collector');
  collector = await startTestCollector({
    brokers,
    pool: database.pool,
    postgresUrl,
    settings: { EBB_COLLECTOR_DEAD_LETTERS_PER_MINUTE: '50' },
    key: { source: 'shop_a' },
  });
});

afterAll(() => collector.close());

const post = (body: unknown, headers: Record<string, string> = {}, path?: string): Promise<Response> =>
  send(collector.url, body, { key: collector.key, headers, ...(path === undefined ? {} : { path }) });

async function eventsWith(ids: string[]): Promise<Record<string, unknown>[]> {
  const messages = await readTopic(brokers, collector.topics.websiteEvents);
  const events = messages.map((message) => JSON.parse(message.text) as Record<string, unknown>);
  return events.filter((event) => ids.includes(String(event['event_id'])));
}

describe('accepted events', () => {
  test('a single event is in its topic when the 202 arrives, with policy, key id and the key’s source', async () => {
    const event = pageView({ event_id: 'one' });
    const response = await post(event);
    expect([response.status, await answerOf(response)]).toEqual([202, { accepted: 1, rejected: [] }]);
    const message = must(
      (await readTopic(brokers, collector.topics.websiteEvents)).find(({ text }) => text.includes('"one"')),
      'the event is not in the topic',
    );
    expect(message.headers).toEqual({
      [HEADERS.policy]: '1',
      [HEADERS.writeKey]: collector.keyId,
      [HEADERS.receipt]: expect.stringMatching(/^[0-9a-f]{12}\.[0-9a-z]+$/) as unknown,
    });
    expect(JSON.parse(message.text)).toMatchObject({ ...event, source: 'shop_a' });
  });

  test('an event’s own source is kept', async () => {
    await post(pageView({ event_id: 'own-source', source: 'shop_b' }));
    expect(await eventsWith(['own-source'])).toMatchObject([{ source: 'shop_b' }]);
  });

  test.each([
    ['an array', (events: unknown[]) => JSON.stringify(events), {}],
    [
      'NDJSON',
      (events: unknown[]) => `${events.map((event) => JSON.stringify(event)).join('\n')}\n`,
      { 'content-type': 'application/x-ndjson' },
    ],
    ['a beacon', (events: unknown[]) => JSON.stringify(events), { 'content-type': 'text/plain;charset=UTF-8' }],
    ['gzip', (events: unknown[]) => gzipSync(JSON.stringify(events)), { 'content-encoding': 'gzip' }],
  ])('%s of events', async (name, encode, headers) => {
    const ids = [1, 2, 3].map((n) => `${name}-${n}`);
    const response = await post(encode(ids.map((id) => pageView({ event_id: id }))), headers);
    expect([response.status, await answerOf(response)]).toEqual([202, { accepted: 3, rejected: [] }]);
    expect((await eventsWith(ids)).length).toBe(3);
  });

  test('one user’s events meet in one partition', async () => {
    await post(Array.from({ length: 30 }, (_, n) => pageView({ event_id: `user-${n}`, user_id: 'u-42' })));
    const messages = await readTopic(brokers, collector.topics.websiteEvents);
    const partitions = new Set(messages.filter(({ text }) => text.includes('u-42')).map(({ partition }) => partition));
    expect(partitions.size).toBe(1);
  });

  test('a purchase is stored as it was sent', async () => {
    const event = order({ gift_note: 'for you', total_amount: 14.5 });
    const response = await post(event, {}, '/v1/purchase-events');
    expect(response.status).toBe(202);
    const [message] = await readTopic(brokers, collector.topics.purchaseEvents);
    expect(JSON.parse(must(message, 'no purchase').text)).toEqual({ ...event, source: 'shop_a' });
  });

  test('an Idempotency-Key gives events without ids the same ids again', async () => {
    const events = [1, 2].map((n) => pageView({ event_id: undefined, search_query: `idem-${n}` }));
    const headers = { 'idempotency-key': 'import-7' };
    await post(events, headers);
    await post(events, headers);
    await post(events, { 'idempotency-key': 'import-8' });
    const messages = await readTopic(brokers, collector.topics.websiteEvents);
    const sent = messages.filter(({ text }) => text.includes('idem-'));
    const ids = new Set(sent.map(({ text }) => (JSON.parse(text) as { event_id: string }).event_id));
    expect([sent.length, ids.size]).toEqual([6, 4]);
  });
});

describe('rejected events', () => {
  test('are named in the answer, become dead letters, and leave their neighbours alone', async () => {
    const response = await post([
      pageView({ event_id: 'good' }),
      pageView({ event_id: 'no-time', event_timestamp: undefined }),
      pageView({ event_id: 'no-url', page_url: null }),
      42,
      pageView({ event_id: undefined }),
      pageView({ event_id: 'ahead', event_timestamp: new Date(Date.now() + 3_600_000).toISOString() }),
      pageView({ event_id: 'old', event_timestamp: '2001-01-01T00:00:00Z' }),
    ]);
    const answer = await answerOf(response);
    expect([response.status, answer.accepted]).toEqual([202, 1]);
    expect(answer.rejected.map(({ index, event_id, code }) => [index, event_id, code])).toEqual([
      [1, 'no-time', 'missing_field'],
      [2, 'no-url', 'missing_field'],
      [3, null, 'not_an_object'],
      [4, null, 'missing_field'],
      [5, 'ahead', 'future_timestamp'],
      [6, 'old', 'older_than_retention'],
    ]);
    const letters = (await readTopic(brokers, collector.topics.deadLetters)).map(({ text }) =>
      parseDeadLetter(Buffer.from(text)),
    );
    const old = must(
      letters.find((letter) => letter.ok && letter.value.eventId === 'old'),
      'no dead letter',
    );
    expect(old).toMatchObject({
      value: {
        code: 'older_than_retention',
        service: 'collector',
        kind: 'website',
        source: 'shop_a',
        writeKeyId: collector.keyId,
      },
    });
    expect(old.ok && JSON.parse(old.value.payload.toString())).toMatchObject({ event_id: 'old', source: 'shop_a' });
  });

  test('a line that is no JSON is rejected by itself', async () => {
    const lines = [JSON.stringify(pageView({ event_id: 'line-1' })), '{"event_id": NaN}', '{"cut'].join('\n');
    const answer = await answerOf(await post(lines, { 'content-type': 'application/x-ndjson' }));
    expect(answer.accepted).toBe(1);
    expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'malformed_json'],
      [2, 'malformed_json'],
    ]);
  });

  test('beyond the quota of a minute they are only counted', async () => {
    const before = (await readTopic(brokers, collector.topics.deadLetters)).length;
    const answer = await answerOf(await post(Array.from({ length: 120 }, () => ({}))));
    expect(answer.rejected.length).toBe(120);
    const added = (await readTopic(brokers, collector.topics.deadLetters)).length - before;
    expect(added).toBeLessThanOrEqual(50);
    expect(await collector.metrics()).toMatch(/dead_letters_suppressed_total\{key="[^"]+"\} [1-9]/);
  });
});

describe('refused requests', () => {
  test.each([
    ['an unknown key', 401, 'unauthorized', () => send(collector.url, pageView(), { key: 'ebb_wk_nobody' })],
    ['no key', 401, 'unauthorized', () => send(collector.url, pageView())],
    ['an unknown path', 404, 'not_found', () => fetch(`${collector.url}/v2/website-events?key=${collector.key}`)],
    ['a wrong method', 405, 'method_not_allowed', () => fetch(`${collector.url}/v1/website-events`)],
    ['a wrong type', 415, 'unsupported_media_type', () => post('<a/>', { 'content-type': 'application/xml' })],
    ['a wrong encoding', 415, 'unsupported_media_type', () => post('x', { 'content-encoding': 'br' })],
    ['too many events', 413, 'too_many_events', () => post(Array.from({ length: 1_001 }, () => 1))],
    ['too many bytes', 413, 'body_too_large', () => post(`"${'x'.repeat(1_000_001)}"`)],
    [
      'too many inflated bytes',
      413,
      'compression_ratio',
      () => post(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }),
    ],
    ['no JSON', 400, 'invalid_json', () => post('{"a":')],
    ['an empty body', 400, 'invalid_body', () => post('')],
  ])('%s: %i %s', async (_name, status, code, request) => {
    const response = await request();
    expect([response.status, await refusalCode(response)]).toEqual([status, code]);
  });

  test('no key is in the log, whatever happened', async () => {
    await fetch(`${collector.url}/v1/website-events?key=${collector.key}`, { method: 'POST', body: 'x' });
    await fetch(`${collector.url}/nowhere?key=${collector.key}`);
    expect(collector.logLines.join('\n')).not.toContain(collector.key);
  });
});

test('receipts tell exactly what was answered 202', async () => {
  const ids = ['r-1', 'r-2', 'r-3'];
  const own = await startOwnCollector();
  await send(
    own.url,
    ids.map((id) => pageView({ event_id: id })),
    { key: own.key },
  );
  await send(own.url, [{}], { key: own.key });
  await own.close();
  const receipts = await eventually(() => readTopic(brokers, own.topics.collectorReceipts));
  const parsed = receipts.map(({ text }) => parseReceipt(Buffer.from(text)));
  const counts = parsed.map((receipt) => (receipt.ok ? receipt.value.count : -1));
  const checksum = parsed.reduce((sum, receipt) => sum + (receipt.ok ? receipt.value.checksum : 0n), 0n);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(checksum % (1n << 64n)).toBe(tallyDigests(ids.map((id) => webEventDigest(pageViewIdentity(id)))).checksum);
});

async function startOwnCollector(): Promise<TestCollector> {
  const database = await testPostgres();
  return startTestCollector({ brokers, pool: database.pool, postgresUrl: database.roleUrl('ebb_collector') });
}
