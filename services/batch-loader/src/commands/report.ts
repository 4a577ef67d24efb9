import { loadResult } from '../jobs.ts';
import type { OpenFile, PassReport } from '../load/pass-report.ts';
import type { FilesOverview } from './read-files.ts';

const MAX_SHOWN = 20;

export function formatReport(report: PassReport): string {
  const { files, rows, rejected } = loadResult(report);
  const lines = report.loaded
    .filter((file) => file.rejected > 0)
    .map((file) => `${file.name}: ${file.rejected} of its lines quarantined: ${file.rules.join(', ')}`);
  return [
    `${files} files loaded, ${rows} rows, ${rejected} quarantined; ${report.duplicates.length} were loaded before`,
    ...limited(lines),
    ...limited(report.quarantined.map((file) => `refused ${describe(file)}`)),
    ...limited(report.waiting.map((file) => `waiting ${describe(file)}`)),
    ...limited(report.failed.map((file) => `failed ${describe(file)}`)),
    ...(report.ignored > 0 ? [`${report.ignored} files belong to no data set`] : []),
    ...(report.lastDay === null ? [] : [`daily files are loaded up to ${report.lastDay}`]),
  ].join('\n');
}

export function formatFiles({ datasets, open, rules }: FilesOverview): string {
  return [
    ...datasets.map(
      ({ dataset, files, rows, rejected, last }) =>
        `${dataset.padEnd(24)} ${files.padStart(7)} files ${rows.padStart(12)} rows, ${rejected} quarantined, up to ${last}`,
    ),
    ...(datasets.length === 0 ? ['nothing is loaded yet'] : []),
    ...rules.map(({ dataset, rule, rows, files }) => `${dataset}: ${rule} broken by ${rows} rows in ${files} files`),
    ...limited(open.map((file) => `${file.status} ${describe(file)}`)),
  ].join('\n');
}

function describe({ name, rules, message }: OpenFile): string {
  return `${name}${rules.length === 0 ? '' : ` (${rules.join(', ')})`}: ${message}`;
}

function limited(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_SHOWN);
  return lines.length > MAX_SHOWN ? [...shown, `… and ${lines.length - MAX_SHOWN} more`] : shown;
}
