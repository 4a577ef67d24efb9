import type { Metrics } from '@ebb/runtime';
import type { CycleReport } from './ledger.ts';
import type { RepairOutcome } from './repair/repair.ts';

export interface LedgerMetrics {
  cycle(report: CycleReport): void;
  failed(): void;
  repaired(outcome: RepairOutcome): void;
}

export function createLedgerMetrics(metrics: Metrics): LedgerMetrics {
  const open = metrics.gauge('open_findings', 'Findings that are not verified right again', ['table', 'kind', 'hop']);
  const found = metrics.counter('findings_total', 'Findings so far', ['kind', 'hop']);
  const repairs = metrics.counter('repairs_total', 'Repairs so far', ['result']);
  const cycles = metrics.counter('cycles_total', 'Rounds of all checks', ['result']);
  const rows = metrics.counter('rows_checked_total', 'Rows compared in both engines');
  const engine = metrics.counter('engine_seconds_total', 'Time Postgres and ClickHouse worked for it');
  const seconds = metrics.gauge('cycle_seconds', 'What the last round took');
  const finished = metrics.gauge('last_cycle_timestamp_seconds', 'When the last round ended');
  const oldest = metrics.gauge('oldest_unverified_seconds', 'Age of the range that was not verified for longest');
  const problems = metrics.gauge('unchecked', 'Things the last round could not check');
  return {
    cycle: (report) => {
      cycles.inc({ result: 'done' });
      rows.inc(report.rows);
      engine.inc(report.engineSeconds);
      seconds.set(report.seconds);
      finished.set(Date.now() / 1000);
      oldest.set(report.oldestSeconds ?? 0);
      problems.set(report.problems.length);
      for (const { kind, hop } of report.found) found.inc({ kind, hop: hop ?? 'unknown' });
      open.reset();
      for (const { table, kind, hop } of report.open) open.inc({ table, kind, hop: hop ?? 'unknown' });
    },
    failed: () => cycles.inc({ result: 'failed' }),
    repaired: ({ repaired, failed }) => {
      repairs.inc({ result: 'done' }, repaired);
      repairs.inc({ result: 'impossible' }, failed.length);
    },
  };
}
