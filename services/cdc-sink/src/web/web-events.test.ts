import { DEFAULT_POLICY, encodeWebEvent, HEADERS, PolicyBook } from '@ebb/contracts';
import type { ConsumedMessage } from '@ebb/kafka';
import { describe, expect, test } from 'vitest';
import { WebEvents } from './web-events.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const PROGRESS = { topic: 't', partition: 3, nextOffset: 0, maxVersion: 0n };

function message(offset: number, eventTimeMs = NOW, headers: Record<string, string> = {}): ConsumedMessage {
  const value = Buffer.from(
    encodeWebEvent({ eventId: `e${offset}`, eventTimeMs, eventType: 'page_view', userId: 'u', pageUrl: '/' }),
  );
  return { offset, timestampMs: NOW, value, headers };
}

function source(...books: PolicyBook[]) {
  const dead: string[] = [];
  const left = [...books];
  let loaded = 0;
  const loadPolicies = () => {
    loaded += 1;
    return Promise.resolve(left.length > 1 ? (left.shift() as PolicyBook) : (left[0] as PolicyBook));
  };
  const events = new WebEvents({ loadPolicies, onDead: (code) => dead.push(code) });
  const prepare = async (messages: ConsumedMessage[]) => {
    await events.refresh();
    return events.prepare({ topic: 't', partition: 3, messages, toOffset: 10 }, PROGRESS);
  };
  return { prepare, dead, loaded: () => loaded };
}

const book = new PolicyBook([DEFAULT_POLICY]);
const newer = new PolicyBook([DEFAULT_POLICY, { ...DEFAULT_POLICY, version: 2 }]);

describe('WebEvents', () => {
  test('accepted events become rows, others are counted, and progress passes both', async () => {
    const { prepare, dead } = source(book);
    const damaged = { ...message(1), value: Buffer.from('{') };
    const { inserts, deadLetters, progress } = await prepare([message(0), damaged, message(2, NOW + 3_600_000)]);
    expect(inserts.map(({ table, rows }) => [table, rows])).toEqual([['raw.web_events', 1]]);
    expect(dead).toEqual(['malformed_json', 'future_timestamp']);
    expect(deadLetters).toEqual([]);
    expect(progress).toEqual({ ...PROGRESS, nextOffset: 10 });
  });

  test('nothing accepted, nothing to insert', async () => {
    const { prepare } = source(book);
    expect((await prepare([{ ...message(0), value: null }])).inserts).toEqual([]);
  });

  test('a policy written a moment ago is looked up before an event is refused', async () => {
    const { prepare, dead, loaded } = source(book, newer);
    const { inserts } = await prepare([message(0), message(1, NOW, { [HEADERS.policy]: '2' })]);
    expect(inserts[0]?.rows).toBe(2);
    const once = await source(book).prepare([message(1)]);
    expect(inserts[0]?.body[0]?.length).toBe(2 * (once.inserts[0]?.body[0]?.length ?? 0));
    expect([dead, loaded()]).toEqual([[], 2]);
  });

  test('a policy that does not exist refuses the event', async () => {
    const { prepare, dead } = source(book);
    await prepare([message(1, NOW, { [HEADERS.policy]: '9' })]);
    expect(dead).toEqual(['unknown_policy']);
  });
});
