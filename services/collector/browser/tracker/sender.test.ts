import { describe, expect, test } from 'vitest';
import { byteLength, type PostResult, Sender, type TrackerEvent } from './sender.ts';

interface Timer {
  run: () => void;
  delayMs: number;
}

/** A sender whose network and clock are in the test's hands. */
function harness(random = 0): {
  sender: Sender;
  posts: { ids: string[]; answer: (result: PostResult) => Promise<void> }[];
  timers: Timer[];
  beacons: string[];
  reports: number[];
  refusals: number[];
  fire: () => void;
} {
  const posts: { ids: string[]; answer: (result: PostResult) => Promise<void> }[] = [];
  const timers: Timer[] = [];
  const beacons: string[] = [];
  const reports: number[] = [];
  const refusals: number[] = [];
  const post = (events: TrackerEvent[]): Promise<PostResult> =>
    new Promise((resolve) => {
      const answer = async (result: PostResult): Promise<void> => {
        resolve(result);
        await Promise.resolve();
        await Promise.resolve();
      };
      posts.push({ ids: events.map((event) => event.event_id), answer });
    });
  const sender = new Sender(
    {
      post,
      beacon: (body) => beacons.push(body) > 0,
      setTimer: (run, delayMs) => void timers.push({ run, delayMs }),
      random: () => random,
      onReport: (report) => void reports.push(report.sent.length),
      onRefused: (status) => void refusals.push(status),
    },
    { flushDelayMs: 1_000 },
  );
  return { sender, posts, timers, beacons, reports, refusals, fire: () => timers.shift()?.run() };
}

const event = (id: string, more: Record<string, unknown> = {}): TrackerEvent => ({
  event_id: id,
  event_type: 'page_view',
  event_timestamp: '2026-11-21T00:00:00Z',
  ...more,
});
const done = (count: number): PostResult => ({
  kind: 'done',
  report: { sent: Array.from({ length: count }, () => event('x')), accepted: count, rejected: [] },
});

describe('the sender', () => {
  test('gathers events for a moment and sends them in one request', async () => {
    const { sender, posts, fire, reports, timers } = harness();
    for (const id of ['a', 'b', 'c']) sender.add(event(id));
    expect(timers.map((timer) => timer.delayMs)).toEqual([1_000]);
    fire();
    expect(posts.map((post) => post.ids)).toEqual([['a', 'b', 'c']]);
    await posts[0]?.answer(done(3));
    expect([sender.pending, reports]).toEqual([0, [3]]);
  });

  test('sends the same events with the same ids again, later each time, and honours Retry-After', async () => {
    const { sender, posts, timers, fire } = harness();
    sender.add(event('a'));
    fire();
    const delays: number[] = [];
    const answers: PostResult[] = [
      { kind: 'retry', afterMs: null },
      { kind: 'retry', afterMs: null },
      { kind: 'retry', afterMs: 7_000 },
    ];
    for (const answer of answers) {
      await posts.at(-1)?.answer(answer);
      delays.push(timers.at(-1)?.delayMs ?? -1);
      fire();
    }
    expect(posts.map((post) => post.ids)).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(delays).toEqual([500, 1_000, 7_000]);
  });

  test('has one request under way, and the rest follows in order', async () => {
    const { sender, posts, fire } = harness();
    for (let n = 0; n < 60; n++) sender.add(event(`e${n}`));
    sender.flush();
    expect(posts.length).toBe(1);
    await posts[0]?.answer(done(50));
    while (posts.length < 2) fire();
    expect(posts[1]?.ids).toEqual(['e50', 'e51', 'e52', 'e53', 'e54', 'e55', 'e56', 'e57', 'e58', 'e59']);
  });

  test('stops for good when the key is refused, but only skips a batch that cannot be read', async () => {
    const broken = harness();
    broken.sender.add(event('a'));
    broken.fire();
    await broken.posts[0]?.answer({ kind: 'refused', status: 400, message: '' });
    broken.sender.add(event('b'));
    broken.fire();
    expect(broken.posts.map((post) => post.ids)).toEqual([['a'], ['b']]);

    const locked = harness();
    locked.sender.add(event('a'));
    locked.fire();
    await locked.posts[0]?.answer({ kind: 'refused', status: 403, message: '' });
    locked.sender.add(event('b'));
    locked.sender.flush();
    expect([locked.posts.length, locked.sender.pending, locked.refusals]).toEqual([1, 0, [403]]);
  });

  test('keeps a bounded queue during an outage: the oldest that are not under way go first', () => {
    const { sender, posts } = harness();
    for (let n = 0; n < 1_100; n++) sender.add(event(`e${n}`));
    expect([sender.pending, sender.dropped]).toEqual([1_000, 100]);
    expect(posts[0]?.ids[0]).toBe('e0');
  });

  test('on leaving hands over everything unanswered, in bodies a beacon takes', () => {
    const { sender, beacons } = harness();
    for (let n = 0; n < 40; n++) sender.add(event(`e${n}`, { search_query: 'ü'.repeat(1_500) }));
    sender.flushOnLeave();
    const ids = beacons.flatMap((body) => (JSON.parse(body) as TrackerEvent[]).map((one) => one.event_id));
    expect(ids).toEqual(Array.from({ length: 40 }, (_, n) => `e${n}`));
    for (const body of beacons) expect(byteLength(body)).toBeLessThanOrEqual(50_000);
    expect(sender.pending).toBe(40);
  });
});
