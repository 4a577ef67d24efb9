import { expect, it } from 'vitest';
import { parseHeartbeat } from './heartbeat.ts';
import { parseNotification } from './notifications.ts';

const notice = (type: string, subject: string, data: Record<string, string>, id = 'x'): Buffer =>
  Buffer.from(JSON.stringify({ id, type, aggregate_type: `${subject} Snapshot`, additional_data: data, timestamp: 1 }));

it('reads what the connector says about snapshots', () => {
  const scan = { scanned_collection: 'crm.a', total_rows_scanned: '12', status: 'SUCCEEDED' };
  expect(parseNotification(notice('TABLE_SCAN_COMPLETED', 'Initial', scan))).toEqual({
    kind: 'scanned',
    table: 'crm.a',
    rows: 12n,
    isInitial: true,
  });
  expect(parseNotification(notice('TABLE_SCAN_COMPLETED', 'Incremental', scan, 'resnapshot-2-7'))).toEqual({
    kind: 'resnapshot_scanned',
    of: { epoch: 2, id: 7n },
    rows: 12n,
    outcome: 'completed',
  });
  const keyless = { ...scan, status: 'NO_PRIMARY_KEY' };
  expect(parseNotification(notice('TABLE_SCAN_COMPLETED', 'Incremental', keyless, 'resnapshot-2-7'))).toMatchObject({
    outcome: 'no_primary_key',
  });
  expect(parseNotification(notice('ABORTED', 'Initial', {}))).toMatchObject({ kind: 'finished', isAborted: true });
});

it('passes over what it does not know', () => {
  const odd = [null, Buffer.from('x'), Buffer.from('{}'), notice('STARTED', 'Initial', {})];
  expect(odd.map((value) => parseNotification(value))).toEqual([null, null, null, null]);
});

it('measures a heartbeat by its own time and that of the broker', () => {
  const value = Buffer.from(JSON.stringify({ after: { beat_at: '2026-01-02T03:04:05.678901Z' } }));
  expect(parseHeartbeat(value, Date.UTC(2026, 0, 2, 3, 4, 5, 700))).toEqual({
    beatAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    tookMs: 22,
  });
  expect([null, Buffer.from('x'), Buffer.from('{"after":null}')].map((bad) => parseHeartbeat(bad, 0))).toEqual([
    null,
    null,
    null,
  ]);
});
