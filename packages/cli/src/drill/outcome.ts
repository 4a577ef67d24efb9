import type { DrillOutcome } from './drill.ts';
import { describeTarget } from './plan.ts';
import type { Recovery } from './recovery.ts';
import { formatVerdict } from './verdict.ts';
import { formatWarehouse } from './warehouse-verdict.ts';

/** Whether nothing was lost, doubled or altered on any way. */
export function isKept({ verdict, warehouse, ledger }: DrillOutcome): boolean {
  return verdict.isKept && warehouse.differences.length === 0 && ledger.isClean;
}

export function formatOutcome(outcome: DrillOutcome): string {
  const notRun = outcome.notRun.map((line) => `NOT RUN: ${line}`);
  const count = `${outcome.recoveries.length} faults played, ${notRun.length} not run`;
  const recoveries = formatRecoveries(outcome.recoveries);
  const stores = [formatVerdict(outcome.verdict), formatWarehouse(outcome.warehouse)];
  const ledger = outcome.ledger.isClean ? 'the ledger, every row: clean' : `the ledger: ${outcome.ledger.report}`;
  return [...recoveries, ...notRun, count, ...stores, ledger].join('\n');
}

const WAYS: readonly (readonly [keyof Recovery, string])[] = [
  ['postgresMs', 'events in Postgres'],
  ['clickhouseMs', 'events in ClickHouse'],
  ['changesMs', 'changes in ClickHouse'],
];

/** One line per target: the longest time until each way worked again, ms. */
export function formatRecoveries(recoveries: DrillOutcome['recoveries']): string[] {
  const byTarget = Map.groupBy(recoveries, ({ fault }) => describeTarget(fault));
  const width = Math.max(0, ...[...byTarget.keys()].map((target) => target.length));
  return [...byTarget].map(([target, all]) => {
    const times = WAYS.map(([way, name]) => `${name} ${Math.max(...all.map(({ recovery }) => recovery[way]))} ms`);
    return `${target.padEnd(width)}  works again after: ${times.join(', ')}`;
  });
}
