import { expect, test } from 'vitest';
import { formatOutcome, formatRecoveries, isKept } from './outcome.ts';

const verdict = { promised: 5, wrong: [], comparisons: [], isKept: true };
const ledger = { isClean: true, report: 'clean' };
const warehouse = { differences: [], tables: 2, rows: 3, events: 5 };
const recovery = { postgresMs: 10, clickhouseMs: 20, changesMs: 30 };

test('the longest recovery of each target is shown', () => {
  const kill = { kind: 'kill', target: 'connect' } as const;
  const lines = formatRecoveries([
    { fault: kill, recovery },
    { fault: kill, recovery: { ...recovery, changesMs: 900 } },
    { fault: { kind: 'cut', link: ['cdc-sink', 'kafka'], mode: 'reset', durationMs: 1 }, recovery },
  ]);
  const ways = (changesMs: number): string =>
    `works again after: events in Postgres 10 ms, events in ClickHouse 20 ms, changes in ClickHouse ${changesMs} ms`;
  expect(lines).toEqual([`kill -9 connect        ${ways(900)}`, `cut cdc-sink to kafka  ${ways(30)}`]);
});

test('what was not run is counted and named, and what differs is not kept', () => {
  const outcome = { verdict, warehouse, ledger, recoveries: [], notRun: ['disk of kafka full for 4.0 s: needs root'] };
  expect(formatOutcome(outcome)).toContain(
    'NOT RUN: disk of kafka full for 4.0 s: needs root\n0 faults played, 1 not run',
  );
  expect(isKept(outcome)).toBe(true);
  expect(isKept({ ...outcome, warehouse: { ...warehouse, differences: ['crm.x 1: missing'] } })).toBe(false);
  expect(isKept({ ...outcome, ledger: { isClean: false, report: '1 open findings' } })).toBe(false);
  expect(isKept({ ...outcome, verdict: { ...verdict, isKept: false } })).toBe(false);
});
