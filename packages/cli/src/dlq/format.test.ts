import { expect, test } from 'vitest';
import type { StoredLetter } from './dead-letter-queries.ts';
import { describeLetter, formatLetters, formatOutcome } from './format.ts';

const letter: StoredLetter = {
  id: '0192f0c8-5f3a-7c11-8b4e-2f6a1d0c9b7e',
  service: 'collector',
  kind: 'website',
  topic: 'website_events',
  partition: null,
  offset: null,
  code: 'missing_field',
  message: 'user_id\u001B[2J is\nrequired',
  event_id: null,
  source: null,
  write_key_id: null,
  is_replay: false,
  failed_at: new Date('2026-11-21T10:00:00Z'),
  stored_at: new Date('2026-11-21T10:00:00Z'),
  payload: Buffer.from('{}'),
  payload_bytes: 2,
  truncated: false,
  replayed_at: null,
  replay_count: 0,
  dropped_at: null,
};

test('a row is one line, without control characters of a sender', () => {
  const [header, row, ...rest] = formatLetters([letter]).split('\n');
  expect(header).toMatch(/^ID +FAILED +REASON +KIND +POSITION +REPLAYED +MESSAGE$/);
  expect(row).toMatch(/ 2026-11-21T10:00:00 +missing_field +website +website_events +- +user_id \[2J is required$/);
  expect(rest).toEqual([]);
});

test('the position is exact where the message stood in a topic', () => {
  expect(formatLetters([{ ...letter, partition: 3, offset: '17' }])).toContain(' website_events/3@17 ');
});

test('a payload is shown as text, or in base64 where it is none', () => {
  expect(describeLetter(letter)).toMatchObject({ payload: '{}', code: 'missing_field' });
  const binary = describeLetter({ ...letter, payload: Buffer.from([0xff, 0]) });
  expect(binary).toMatchObject({ payload_base64: '/wA=' });
  expect(binary).not.toHaveProperty('payload');
});

test('an outcome names what stays, up to a screenful', () => {
  const kept = Array.from({ length: 25 }, (_, index) => ({ id: `id-${index}`, reason: 'why' }));
  expect(formatOutcome({ sent: 2, kept: [] }, false)).toBe('2 sent again');
  expect(formatOutcome({ sent: 2, kept: [] }, true)).toBe('2 would be sent again');
  const lines = formatOutcome({ sent: 0, kept }, false).split('\n');
  expect(lines[1]).toBe('25 stay:');
  expect(lines.at(-1)).toBe('  … and 5 more');
  expect(lines).toHaveLength(23);
});
