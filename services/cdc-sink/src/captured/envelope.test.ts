import { expect, test } from 'vitest';
import { decodeEnvelope, type Envelope } from './envelope.ts';
import { changeBody, changeMessage, tombstone } from './testing/debezium.ts';

const at = { commit: 5, lsn: 7 };

function decode(value: string | null, headers: Record<string, string> = { 'ebb-epoch': '3' }): Envelope {
  return decodeEnvelope({ offset: 0, timestampMs: 0, value: value === null ? null : Buffer.from(value), headers });
}

test('reads every operation', () => {
  for (const op of ['c', 'u', 'd', 'r'] as const) {
    const rows = { before: { id: 1 }, after: op === 'd' ? null : { id: 1 } };
    const envelope = decodeEnvelope(changeMessage(0, { op, ...rows, ...at }));
    expect(envelope).toMatchObject({ kind: 'row', op, ...rows, source: { schema: 'crm', table: 'items', epoch: 1 } });
  }
  expect(decodeEnvelope(changeMessage(0, { op: 't', ...at })).kind).toBe('truncate');
  expect(decodeEnvelope(tombstone(0)).kind).toBe('nothing');
  expect(decode('{"op":"m","message":{}}').kind).toBe('nothing');
});

test('tells rows that were read from changes', () => {
  const snapshotOf = (snapshot: 'true' | 'incremental' | null): unknown => {
    const envelope = decodeEnvelope(changeMessage(0, { op: 'r', after: { id: 1 }, snapshot, ...at }));
    return envelope.kind === 'row' && envelope.source.snapshot;
  };
  expect([snapshotOf(null), snapshotOf('true'), snapshotOf('incremental')]).toEqual(['none', 'initial', 'incremental']);
});

test('every message has a reason why it is none', () => {
  const good = changeBody({ op: 'c', after: { id: 1 }, ...at });
  const reasons: [string, string, string][] = [
    ['not JSON', '{"op":', 'invalid_change'],
    ['no object', '[1]', 'invalid_change'],
    ['another operation', good.replace('"op":"c"', '"op":"x"'), 'invalid_change'],
    ['no source', '{"op":"c","after":{"id":1}}', 'invalid_change'],
    ['no table', good.replace('"table":"items"', '"table":""'), 'invalid_change'],
    ['no sequence', good.replace(/"sequence":"[^}]*?\]"/, '"sequence":"?"'), 'invalid_change'],
    ['no row', good.replace('"after":{"id":1}', '"after":null'), 'invalid_change'],
    ['a row that is none', good.replace('"after":{"id":1}', '"after":[1]'), 'invalid_change'],
    ['a deletion without the old row', changeBody({ op: 'd', before: null, ...at }), 'invalid_change'],
  ];
  for (const [what, body, code] of reasons) expect(decode(body), what).toMatchObject({ kind: 'invalid', code });
  for (const epoch of ['', '0', '65536', '-1', 'one']) {
    expect(decode(good, { 'ebb-epoch': epoch }), epoch).toMatchObject({ kind: 'invalid', code: 'missing_epoch' });
  }
  expect(decode(good, {})).toMatchObject({ kind: 'invalid', code: 'missing_epoch' });
});

test('a position that no version has room for stops the table', () => {
  const body = changeBody({ op: 'c', after: { id: 1 }, ...at }).replace(
    String.raw`\"7\"`,
    String.raw`\"72057594037927936\"`,
  );
  expect(decode(body)).toEqual({ kind: 'stop', reason: 'LSN 72057594037927936 does not fit 56 bits' });
});

test('whole numbers beyond 2^53 are read exactly on demand', () => {
  const message = changeMessage(0, { op: 'c', after: { id: 9_007_199_254_740_993n, f: 1.5, g: 1e300 }, ...at });
  expect(decodeEnvelope(message, true)).toMatchObject({ after: { id: 9_007_199_254_740_993n, f: 1.5, g: 1e300 } });
});
