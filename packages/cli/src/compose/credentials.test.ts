import { describe, expect, it } from 'vitest';
import type { StackReport } from '../stack/report.ts';
import { composeCredentials, localCredentials } from './credentials.ts';

const stopped = {
  state: 'stopped',
  pid: null,
  restarts: 0,
  since: null,
  cpuPercent: null,
  cpuSeconds: null,
  rssMb: null,
};

function report(parts: Record<string, object>): StackReport {
  const names = ['collector', 'dashboard', 'postgres', 'clickhouse', 'object-store'];
  const all = names.map((name) => [name, { ...stopped, ...parts[name] }]);
  return { ...parts, ...Object.fromEntries(all) } as StackReport;
}

describe('credentials', () => {
  it('of containers are those of the services that run', () => {
    const printed = 'airflow   admin a  http://x\ndashboard b  http://y\nsomething new\n\n';
    expect(composeCredentials(printed, new Set(['dashboard']))).toBe('dashboard b  http://y\nsomething new');
  });

  it('of the local stack name page and login', () => {
    const text = localCredentials(
      report({
        collector: { url: 'http://127.0.0.1:8090', writeKey: 'k' },
        dashboard: { url: 'http://127.0.0.1:3000' },
        superset: { url: 'http://127.0.0.1:8088', login: 'admin', password: 'p', viewerPassword: 'v' },
      }),
    );
    expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['write_key', 'k', 'http://127.0.0.1:8090'],
      ['dashboard', '-', 'http://127.0.0.1:3000'],
      ['superset', 'admin p', 'http://127.0.0.1:8088'],
      ['superset_look', 'viewer v', 'http://127.0.0.1:8088'],
    ]);
  });

  it('of nothing are nothing', () => {
    expect(localCredentials(report({}))).toBe('');
  });
});
