import { createMetrics } from '@ebb/runtime';
import { expect, it } from 'vitest';
import { createConnectorMetrics } from '../metrics.ts';
import { config, connectorStatus, connectState, epochRow, postgresState, slot, tables } from '../testing/states.ts';
import { Alerts } from './alerts.ts';
import { findProblems, type Problem } from './problems.ts';

const MIB = 1024n ** 2n;
const NOW = new Date('2026-01-02T03:05:00Z').getTime();
const codes = (postgres: ReturnType<typeof postgresState>, connect = connectState()): string[] =>
  findProblems(config, postgres, connect, NOW).map((problem) => problem.code);

it('is quiet while all is well', () => {
  expect(codes(postgresState())).toEqual([]);
});

it.each([
  ['an unlimited slot', postgresState({ maxSlotWalBytes: null }), 'slot_unlimited'],
  [
    'a small limit',
    postgresState({ maxSlotWalBytes: 64n * MIB, slots: [slot({ safeWalBytes: 60n * MIB })] }),
    'slot_limit_small',
  ],
  ['a slot far behind', postgresState({ currentLsn: 600n * MIB }), 'slot_lag'],
  ['a slot near its end', postgresState({ slots: [slot({ safeWalBytes: 900n * MIB })] }), 'slot_at_risk'],
  ['a slot past its limit', postgresState({ slots: [slot({ walStatus: 'unreserved' })] }), 'slot_at_risk'],
  ['a slot nobody reads', postgresState({ slots: [slot({ isActive: false, inactiveSeconds: 31 })] }), 'slot_inactive'],
  [
    'somebody else’s idle slot',
    postgresState({ slots: [slot(), slot({ name: 'old', isActive: false, inactiveSeconds: 400 })] }),
    'foreign_slot_idle',
  ],
  ['an old heartbeat', postgresState({ heartbeatAgeSeconds: 31 }), 'heartbeat_old'],
  [
    'a snapshot without end',
    postgresState({ epochs: [epochRow({ snapshotCompletedAt: null, startedAt: new Date(NOW - 61 * 60_000) })] }),
    'snapshot_slow',
  ],
  ['a table without a key', postgresState({ tables: tables('primary', 'none') }), 'table_refused'],
  ['a table whose name no topic can have', postgresState({ unnameable: ['crm.Order Lines'] }), 'table_refused'],
  [
    'values that cannot be carried',
    postgresState({ tables: [{ name: 'crm.t', key: 'primary', lossyColumns: [{ column: 'c', reason: 'r' }] }] }),
    'columns_lossy',
  ],
  ['refused event triggers', postgresState({ ddlCapture: 'drift' }), 'ddl_by_comparing'],
  ['a server that logs too little', postgresState({ walLevel: 'replica' }), 'wal_level'],
])('warns of %s, and says what to do', (_, postgres, code) => {
  const problems = findProblems(config, postgres, connectState(), NOW);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
  expect(problems[0]?.advice.length).toBeGreaterThan(10);
});

it('warns of a failed task with its reason, and of a pause only as a pause', () => {
  const failed = connectorStatus({ tasks: [{ id: 0, state: 'FAILED', trace: 'Boom\n\tat x' }] });
  expect(findProblems(config, postgresState(), connectState({ 'ebb-cdc-1': failed }), NOW)).toMatchObject([
    { code: 'connector_failed', message: expect.stringContaining('Boom') as string },
  ]);
  const paused = postgresState({
    isPaused: true,
    heartbeatAgeSeconds: 999,
    slots: [slot({ isActive: false, inactiveSeconds: 999 })],
  });
  expect(codes(paused)).toEqual(['connector_paused']);
});

it('tells a problem when it comes, again after five minutes, and when it is over', () => {
  const lines: string[] = [];
  const write = (entry: { event: string }): void => {
    lines.push(entry.event);
  };
  const logger = { warn: write, info: write } as unknown as ConstructorParameters<typeof Alerts>[0];
  const alerts = new Alerts(logger, createConnectorMetrics(createMetrics('test')));
  const problem: Problem = { code: 'slot_lag', subject: 's', message: 'm', advice: 'a' };
  for (const atMs of [0, 1_000, 299_000, 300_001]) alerts.update([problem], atMs);
  expect(lines).toEqual(['problem', 'problem']);
  alerts.update([], 300_002);
  expect(lines).toEqual(['problem', 'problem', 'problem_over']);
  expect(alerts.current()).toEqual([]);
});
