import { formatTable } from '../commands/status-table.ts';
import type { StackReport } from '../stack/report.ts';

/** Labels of the logins step → service that asks for the login. What is not named here is always there. */
const SERVICES = new Map([
  ['airflow', 'airflow'],
  ['dashboard', 'dashboard'],
  ['superset', 'superset'],
  ['superset_look', 'superset'],
  ['mail', 'mail'],
  ['kafka_ui', 'kafka-ui'],
  ['write_key', 'collector'],
  ['postgres_read', 'postgres'],
  ['postgres_admin', 'postgres'],
  ['clickhouse_read', 'clickhouse'],
  ['clickhouse_admin', 'clickhouse'],
  ['files', 'object-store'],
]);

/** Of what the logins step prints, the lines of services that run. */
export function composeCredentials(printed: string, running: ReadonlySet<string>): string {
  const lines = printed.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line) => line !== '')
    .filter((line) => {
      const service = SERVICES.get(line.split(' ')[0] ?? '');
      return service === undefined || running.has(service);
    })
    .join('\n');
}

/** Pages of the stack on this machine, and who logs in. Empty where nothing runs. */
export function localCredentials(report: StackReport): string {
  const { airflow, superset, collector, dashboard, mail } = report;
  const rows = [
    ['write_key', collector.writeKey, collector.url],
    ['airflow', airflow?.password && `${airflow.login} ${airflow.password}`, airflow?.url],
    ['dashboard', '-', dashboard.url],
    ['superset', superset?.password && `${superset.login} ${superset.password}`, superset?.url],
    ['superset_look', superset?.viewerPassword && `viewer ${superset.viewerPassword}`, superset?.url],
    ['mail', '-', mail?.url],
    ['postgres_admin', report.postgres.url, ''],
    ['clickhouse_admin', report.clickhouse.url, ''],
    ['files', `${report['object-store'].accessKey} ${report['object-store'].secretKey}`, report['object-store'].url],
  ];
  return formatTable(
    rows.flatMap(([label = '', login, where]) => (login && where !== undefined ? [[label, login, where]] : [])),
  );
}
