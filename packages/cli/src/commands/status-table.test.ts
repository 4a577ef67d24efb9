import { expect, test } from 'vitest';
import type { PartReport, StackReport } from '../stack/report.ts';
import { formatAddresses, formatStatus, formatTable } from './status-table.ts';

const part: PartReport = {
  state: 'ready',
  pid: 7,
  restarts: 0,
  since: null,
  cpuPercent: 1.5,
  cpuSeconds: 2,
  rssMb: 80,
};
const report: StackReport = {
  postgres: { ...part, url: 'postgres://ebb:secret@127.0.0.1:5433/ebb' },
  kafka: {
    ...part,
    state: 'restarting',
    pid: null,
    cpuPercent: null,
    problem: 'ended with SIGKILL',
    brokers: '127.0.0.1:1',
  },
  clickhouse: { ...part, url: 'http://ebb:secret@127.0.0.1:8123' },
  'object-store': { ...part, url: 'http://127.0.0.1:9000', accessKey: 'ebb', secretKey: 'object_secret' },
  connect: { ...part, url: 'http://127.0.0.1:8083' },
  collector: { ...part, url: 'http://127.0.0.1:2', writeKey: 'ebb_wk_secret' },
  aggregator: part,
  'cdc-sink': part,
  ledger: part,
  'batch-loader': part,
  'segmentation-worker': part,
  'cdc-connector': part,
  dashboard: { ...part, url: 'http://127.0.0.1:4' },
  supervisor: part,
};

test('columns are as wide as their widest cell', () => {
  expect(
    formatTable([
      ['a', 'b'],
      ['long', ''],
    ]),
  ).toBe('a     b\nlong');
});

test('people see addresses and problems, and no secret', () => {
  const text = formatStatus(report);
  expect(text).toContain('127.0.0.1:5433/ebb');
  expect(text).toContain('kafka: ended with SIGKILL');
  expect(text).toContain('http://127.0.0.1:8123');
  expect(text + formatAddresses(report)).not.toContain('secret');
});

test('a part without an address is not listed after the start', () => {
  expect(formatAddresses(report)).toMatch(/Demo shop +http:\/\/127\.0\.0\.1:2\/demo-shop/);
  expect(formatAddresses(report)).not.toContain('Aggregator');
});
