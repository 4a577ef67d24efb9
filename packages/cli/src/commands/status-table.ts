import { OPTIONAL_PART_NAMES, PART_NAMES } from '../stack/part.ts';
import type { PartReport, StackReport } from '../stack/report.ts';

/** Rows of equal columns; no trailing blanks. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  const format = (row: readonly string[]): string => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return rows.map((row) => format(row).trimEnd()).join('\n');
}

/** The human table of `ebb status`. Holds no secret: superuser URLs are only in `--json`. */
export function formatStatus(report: StackReport): string {
  const header = ['PART', 'STATE', 'PID', 'CPU %', 'CPU s', 'RSS MB', 'RESTARTS', 'ADDRESS'];
  const parts = [...PART_NAMES, ...OPTIONAL_PART_NAMES, 'supervisor' as const].flatMap((name) => {
    const part = report[name];
    return part === undefined ? [] : [{ name, part }];
  });
  const rows = parts.map(({ name, part }) => statusRow(name, part));
  const problems = parts.flatMap(({ name, part }) => (part.problem ? [`${name}: ${part.problem}`] : []));
  return [formatTable([header, ...rows]), ...problems].join('\n');
}

function numberCell(value: number | null): string {
  return value === null ? '-' : String(value);
}

function statusRow(name: string, part: PartReport): string[] {
  return [
    name,
    part.state,
    numberCell(part.pid),
    numberCell(part.cpuPercent),
    numberCell(part.cpuSeconds),
    numberCell(part.rssMb),
    String(part.restarts),
    withoutLogin(part),
  ];
}

/** Where to look, after a start. */
export function formatAddresses(report: StackReport): string {
  const collector = report.collector.url ?? '';
  const rows = [
    ['Live page', report.dashboard.url ?? ''],
    ['Demo shop', collector && `${collector}/demo-shop`],
    ['Collector', collector && `${collector}/v1/website-events  (key: ebb status --json)`],
    ['Aggregator', report.aggregator.url ? `${report.aggregator.url}/metrics` : ''],
    ['Airflow', report.airflow?.url ? `${report.airflow.url}  (admin, password: ebb status --json)` : ''],
    ['Superset', report.superset?.url ? `${report.superset.url}  (admin or viewer, passwords: ebb status --json)` : ''],
    ['Mails', report.mail?.url ?? ''],
    ['Postgres', `${withoutLogin(report.postgres)}  (ebb psql)`],
    ['Kafka', report.kafka.brokers ?? ''],
    ['ClickHouse', report.clickhouse.url ? `${withoutLogin(report.clickhouse)}  (ebb clickhouse)` : ''],
    ['Files (S3)', report['object-store'].url ? `${report['object-store'].url}  (ebb upload)` : ''],
  ];
  return formatTable(rows.filter((row) => row[1] !== '').map(([label, value]) => [`  ${label ?? ''}`, value ?? '']));
}

function withoutLogin(part: PartReport): string {
  if (part.url === undefined) return part.brokers ?? '';
  const url = new URL(part.url);
  if (url.protocol === 'postgres:') return `${url.host}${url.pathname}`;
  return url.password === '' ? part.url : url.origin;
}
