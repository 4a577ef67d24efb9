import type { CycleReport } from '../ledger.ts';
import type { Finding } from '../store/findings-store.ts';

export function formatReport(report: CycleReport): string {
  const lines = [
    `checked ${report.rows} rows in ${report.seconds.toFixed(1)} s, ${report.engineSeconds.toFixed(2)} s of it work of the engines`,
    ...report.problems.map((problem) => `not checked: ${problem}`),
    ...report.verified.map((finding) => `right again: ${describe(finding)}`),
    ...formatFindings(report.open),
  ];
  return lines.join('\n');
}

export function formatFindings(open: readonly Finding[]): string[] {
  if (open.length === 0) return ['the ledger is green: nothing is missing, altered or added'];
  return [`${open.length} open findings:`, ...open.map(describe)];
}

export function describe(finding: Pick<Finding, 'table' | 'key' | 'kind' | 'hop'> & Partial<Finding>): string {
  const key = Object.entries(finding.key)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  const state = finding.repairedAt ? '  repaired, not verified yet' : '';
  const problem = finding.problem ? `  (${finding.problem})` : '';
  return `${(finding.id ?? '').padStart(5)}  ${finding.kind.padEnd(11)} ${finding.table.padEnd(28)} ${key}  at ${finding.hop ?? 'unknown hop'}${state}${problem}`;
}
