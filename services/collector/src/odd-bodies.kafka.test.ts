import { gzipSync } from 'node:zlib';
import { SeededRandom, sleep } from '@ebb/core';
import { eventually, testKafka, testPostgres } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCollector, type TestCollector } from './testing/collector-kit.ts';
import { type Answer, pageView, send } from './testing/events.ts';
import { ODD_KINDS, type OddBody, oddBody } from './testing/odd-bodies.ts';
import { rawRequest } from './testing/raw-request.ts';

const COUNT = 1_000;
const SEED = 'odd-bodies-1';
const REQUEST_TIMEOUT_MS = 3_000;
const { brokers } = testKafka();
let collector: TestCollector;

beforeAll(async () => {
  const database = await testPostgres();
  collector = await startTestCollector({
    brokers,
    pool: database.pool,
    postgresUrl: database.roleUrl('ebb_collector'),
    settings: {
      EBB_COLLECTOR_DEAD_LETTERS_PER_MINUTE: '100000',
      EBB_COLLECTOR_REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    },
    key: { ratePerSecond: 1_000_000, burst: 1_000_000 },
  });
});

afterAll(() => collector.close());

/** The status and the code that tells most: of the refusal, or of the only rejected event. */
async function outcomeOf(odd: OddBody): Promise<{ status: number; code: string | null }> {
  const response = await send(collector.url, odd.body, { key: collector.key, headers: odd.headers });
  const answer = (await response.json()) as Partial<Answer> & { error?: { code: string } };
  return { status: response.status, code: answer.error?.code ?? answer.rejected?.[0]?.code ?? null };
}

/** Another client who sends good events all the while; returns its answers and the longest wait. */
async function goodClient(signal: AbortSignal): Promise<{ statuses: Set<number>; count: number; slowestMs: number }> {
  const statuses = new Set<number>();
  let count = 0;
  let slowestMs = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const response = await send(collector.url, [pageView(), pageView()], { key: collector.key });
    await response.arrayBuffer();
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    statuses.add(response.status);
    count += 1;
    await sleep(10);
  }
  return { statuses, count, slowestMs };
}

test(`${COUNT} odd bodies of ${ODD_KINDS.length} kinds get the documented answer while others are served`, async () => {
  const random = new SeededRandom(SEED);
  const stop = new AbortController();
  const others = goodClient(stop.signal);
  const wrong: unknown[] = [];
  const indexes = Array.from({ length: COUNT }, (_, index) => index).values();
  const sendSome = async (): Promise<void> => {
    for (const index of indexes) {
      const odd = oddBody(index, random.fork(String(index)));
      const outcome = await outcomeOf(odd);
      if (outcome.status !== odd.status || outcome.code !== odd.code) {
        wrong.push({ kind: odd.kind, index, expected: [odd.status, odd.code], got: [outcome.status, outcome.code] });
      }
    }
  };
  await Promise.all([sendSome(), sendSome(), sendSome(), sendSome()]);
  stop.abort();
  const { statuses, count, slowestMs } = await others;
  expect(wrong).toEqual([]);
  expect([...statuses]).toEqual([202]);
  expect(count).toBeGreaterThan(50);
  // Far below the time that a body which is waited for takes away, far above what a busy machine does.
  expect(slowestMs).toBeLessThan(10_000);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}, 180_000);

test('nothing of them stays in memory', async () => {
  await eventually(async () => {
    const text = await collector.metrics();
    expect(text).toMatch(/ebb_collector_in_flight_requests 0\n/);
    expect(text).toMatch(/ebb_collector_in_flight_bytes 0\n/);
  });
  expect((await fetch(`${collector.url}/healthz/live`)).status).toBe(200);
});

const head = (lines: string[]): string =>
  `POST /v1/website-events HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}\r\n\r\n`;
const authorized = (): string[] => [`Authorization: Bearer ${collector.key}`, 'Content-Type: application/json'];

test.each([
  ['bytes that are no HTTP', () => 'what is this?\r\n\r\n', [400]],
  ['two lengths', () => head([...authorized(), 'Content-Length: 2', 'Content-Length: 3']), [400]],
  ['a length and chunks', () => head([...authorized(), 'Content-Length: 2', 'Transfer-Encoding: chunked']), [400]],
  ['damaged chunks', () => `${head([...authorized(), 'Transfer-Encoding: chunked'])}zz\r\n`, [400]],
  ['a negative length', () => head([...authorized(), 'Content-Length: -5']), [400]],
  ['headers without end', () => head([`X-Big: ${'x'.repeat(100_000)}`]), [431]],
  ['a length that is too short', () => `${head([...authorized(), 'Content-Length: 1'])}{}`, [400]],
  ['headers that never end', () => 'POST /v1/website-events HTTP/1.1\r\nHost: x\r\nX-Slow: ', [408]],
  ['a body that never ends', () => `${head([...authorized(), 'Content-Length: 100'])}{"a":`, [408]],
  [
    'a gzip body that never ends',
    () =>
      Buffer.concat([
        Buffer.from(head([...authorized(), 'Content-Encoding: gzip', 'Content-Length: 100'])),
        gzipSync('{}').subarray(0, 12),
      ]),
    [408],
  ],
])('%s', async (_name, bytes, statuses) => {
  const outcome = await rawRequest(collector.url, bytes());
  expect(outcome.statuses).toEqual(statuses);
});

test('a client that dies in the middle of its body is nobody’s problem', async () => {
  await Promise.all(
    Array.from({ length: 50 }, () =>
      rawRequest(collector.url, `${head([...authorized(), 'Content-Length: 1000'])}{"a":`, { halfClose: true }),
    ),
  );
  expect((await send(collector.url, pageView(), { key: collector.key })).status).toBe(202);
});

test('slow senders by the hundred do not keep others out', async () => {
  const slow = Array.from({ length: 200 }, () =>
    rawRequest(collector.url, `${head([...authorized(), 'Content-Length: 900000'])}[`),
  );
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send(collector.url, pageView(), { key: collector.key })),
  );
  expect(new Set(answers.map((response) => response.status))).toEqual(new Set([202]));
  const outcomes = await Promise.all(slow);
  expect(new Set(outcomes.flatMap((outcome) => outcome.statuses))).toEqual(new Set([408]));
});
