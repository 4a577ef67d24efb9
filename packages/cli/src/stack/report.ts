import { sleep } from '@ebb/core';
import {
  CLICKHOUSE_ADMIN,
  isRunning,
  postgresUrl,
  type ProcessIdentity,
  processTreeUsage,
  type ProcessUsage,
  processUsage,
} from '@ebb/local-stack';
import { clickhouseUserUrl } from './clickhouse-part.ts';
import type { StackHome } from './home.ts';
import { findOwnProcesses, findSupervisors } from './ownership.ts';
import {
  OPTIONAL_PART_NAMES,
  type OptionalPartName,
  PART_NAMES,
  type PartName,
  type RequiredPartName,
} from './part.ts';
import { readSecrets } from './secrets.ts';
import { type PartRecord, readState } from './state.ts';

/** A part's state as a script sees it; `orphaned` runs, but no supervisor watches it. */
export type ReportedState = PartRecord['state'] | 'orphaned';

export interface PartReport {
  state: ReportedState;
  pid: number | null;
  restarts: number;
  since: string | null;
  /** Share of one core over a quarter of a second, in percent; children included. Null when it does not run. */
  cpuPercent: number | null;
  cpuSeconds: number | null;
  rssMb: number | null;
  problem?: string;
  url?: string;
  brokers?: string;
  writeKey?: string;
  /** Of Airflow and of Superset. */
  login?: string;
  password?: string;
  /** Of Superset's login `viewer`, who may only look. */
  viewerPassword?: string;
  /** Of the object store. */
  accessKey?: string;
  secretKey?: string;
}

/** An optional part stands here when the stack was started with it. */
export type StackReport = Record<RequiredPartName | 'supervisor', PartReport> &
  Partial<Record<OptionalPartName, PartReport>>;

const SAMPLE_MS = 250;

/** Everything `ebb status` shows. Holds the superuser's URL, the default write key and the login to the files. */
export async function reportStack(home: StackHome): Promise<StackReport> {
  const state = readState(home);
  const supervisor = findSupervisors(home)[0] ?? null;
  const records = new Map(Object.entries(state?.parts ?? {}));
  const names = [...PART_NAMES, ...OPTIONAL_PART_NAMES.filter((name) => records.has(name))];
  const parts = names.map((name) => records.get(name)?.process?.pid).filter((pid) => pid !== undefined);
  const used = await measure(supervisor?.pid ?? null, parts);
  const entries = names.map((name) => {
    const record = records.get(name) ?? null;
    const report = partReport(record, supervisor !== null, used);
    return [name, { ...report, ...addresses(home, name, record?.port ?? null) }] as const;
  });
  const supervisorState: ReportedState = supervisor === null ? 'stopped' : 'ready';
  const watcher = { ...usage(supervisor, used), state: supervisorState, restarts: 0, since: null };
  return { ...Object.fromEntries(entries), supervisor: watcher } as StackReport;
}

/** Processes of the stack although no supervisor runs. */
export function orphansOf(home: StackHome): ProcessIdentity[] {
  return findSupervisors(home).length > 0 ? [] : findOwnProcesses(home);
}

function partReport(record: PartRecord | null, isSupervised: boolean, used: Measured): PartReport {
  const process = record?.process !== null && record !== null && isRunning(record.process) ? record.process : null;
  return {
    state: reportedState(record, process, isSupervised),
    ...usage(process, used),
    restarts: record?.restarts ?? 0,
    since: record?.since ?? null,
    ...(record?.problem ? { problem: record.problem } : {}),
  };
}

function reportedState(
  record: PartRecord | null,
  process: ProcessIdentity | null,
  isSupervised: boolean,
): ReportedState {
  if (record === null) return 'stopped';
  if (!isSupervised) return process === null ? 'stopped' : 'orphaned';
  // The record is a moment old; a process that is gone is not ready.
  return record.state === 'ready' && process === null ? 'restarting' : record.state;
}

type Measured = ReadonlyMap<number, ProcessUsage & { cpuPercent: number }>;

function usage(
  process: ProcessIdentity | null,
  used: Measured,
): Pick<PartReport, 'pid' | 'cpuPercent' | 'cpuSeconds' | 'rssMb'> {
  const measured = process === null ? undefined : used.get(process.pid);
  if (process === null || measured === undefined) return { pid: null, cpuPercent: null, cpuSeconds: null, rssMb: null };
  return {
    pid: process.pid,
    cpuPercent: measured.cpuPercent,
    cpuSeconds: Number(measured.cpuSeconds.toFixed(2)),
    rssMb: Math.round(measured.rssBytes / 1024 ** 2),
  };
}

/** Two looks a moment apart. A part counts with its children; the supervisor without, for they are the parts. */
async function measure(supervisor: number | null, parts: readonly number[]): Promise<Measured> {
  const look = (): Map<number, ProcessUsage> => {
    const found = parts.map((pid) => [pid, processTreeUsage(pid)] as const);
    if (supervisor !== null) found.push([supervisor, processUsage(supervisor)]);
    return new Map(found.flatMap(([pid, one]) => (one === null ? [] : [[pid, one]])));
  };
  const before = look();
  if (before.size === 0) return new Map();
  const begun = performance.now();
  await sleep(SAMPLE_MS);
  const after = look();
  const elapsed = (performance.now() - begun) / 1000;
  return new Map(
    [...after].map(([pid, one]) => {
      const share = (one.cpuSeconds - (before.get(pid) ?? one).cpuSeconds) / elapsed;
      return [pid, { ...one, cpuPercent: Math.max(0, Math.round(share * 1000) / 10) }];
    }),
  );
}

function addresses(home: StackHome, name: PartName, port: number | null): Partial<PartReport> {
  if (port === null) return {};
  const secrets = readSecrets(home);
  if (name === 'kafka') return { brokers: `127.0.0.1:${port}` };
  if (name === 'clickhouse' && secrets !== null) return { url: clickhouseUserUrl(secrets, port, CLICKHOUSE_ADMIN) };
  if (name === 'postgres') {
    return secrets === null ? {} : { url: postgresUrl({ port, password: secrets.superuserPassword }) };
  }
  const url = `http://127.0.0.1:${port}`;
  if (name === 'airflow' && secrets !== null) return { url, login: 'admin', password: secrets.airflow.adminPassword };
  if (name === 'superset' && secrets !== null) {
    return {
      url,
      login: 'admin',
      password: secrets.superset.adminPassword,
      viewerPassword: secrets.superset.viewerPassword,
    };
  }
  if (name === 'object-store') return { url, ...secrets?.objectStore };
  return name === 'collector' && secrets !== null ? { url, writeKey: secrets.writeKey } : { url };
}
