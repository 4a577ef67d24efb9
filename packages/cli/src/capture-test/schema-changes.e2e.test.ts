import { eventually } from '@ebb/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaptureStack } from './testing/capture-stack.ts';
import { alertsOf, playSchemaChanges, type SchemaOutcome } from './testing/play-schema-changes.ts';

const TIMEOUT_MS = 300_000;
let stack: CaptureStack;
let pids: Map<string, number>;
let outcome: SchemaOutcome;

beforeAll(async () => {
  stack = await CaptureStack.start();
  pids = await stack.pids();
  outcome = await playSchemaChanges(stack, 'evolve', 'schema changes');
}, TIMEOUT_MS);

afterAll(() => stack.dispose(), TIMEOUT_MS);

test('no value is lost in any table whose changes can be applied', { timeout: TIMEOUT_MS }, async () => {
  expect(outcome.changes.length).toBeGreaterThanOrEqual(12);
  await stack.untilEqual(outcome.applied, 90_000);
});

test(
  'each change that cannot be applied has its alert and stops its table alone',
  { timeout: TIMEOUT_MS },
  async () => {
    for (const table of outcome.stopped) {
      await eventually(async () => (await alertsOf(stack, table)).length > 0, { timeoutMs: 30_000, intervalMs: 500 });
    }
    for (const table of outcome.applied) expect(await alertsOf(stack, table)).toEqual([]);
  },
);

test('the drift report names every change', { timeout: TIMEOUT_MS }, async () => {
  const report = await stack.ebb('cdc', 'drift');
  const unnamed = outcome.changes.filter(({ table, statements }) =>
    statements.some((statement) => !isNamed(report, `${table.schema}.${table.table}`, statement)),
  );
  expect(
    unnamed.map(({ what }) => what),
    report,
  ).toEqual([]);
});

/** A line, or the lines of an entry, with the table and what was done to it. */
function isNamed(report: string, table: string, statement: string): boolean {
  const action = statement.replace(/^ALTER TABLE \S+ |^CREATE TABLE \S+ /, '').slice(0, 20);
  return report.includes(table) && (report.includes(action) || report.includes(statement.slice(0, 20)));
}

test('no process was restarted', async () => {
  expect(await stack.pids()).toEqual(pids);
});
