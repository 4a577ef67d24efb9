import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * A process as one can recognise it later. Pids are handed out again (they wrap at 32768 on many machines), so a
 * stored pid alone proves nothing: the start token must be the same too.
 */
export interface ProcessIdentity {
  pid: number;
  /** Boot id and start time in clock ticks on Linux, the start time in words elsewhere. */
  startToken: string;
}

export interface ProcessUsage {
  /** Processor time since the process started. */
  cpuSeconds: number;
  rssBytes: number;
  /** Wall time since the process started. */
  ageSeconds: number;
}

const isLinux = process.platform === 'linux';
/** USER_HZ: fixed at 100 by the kernel's interface on every Linux platform Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
/** utime and stime in /proc/PID/stat, from the state on. */
const OWN_TICKS = [11, 12];
/** With cutime and cstime: PostgreSQL's former connections were work too. */
const TICKS_WITH_ENDED_CHILDREN = [...OWN_TICKS, 13, 14];

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Fields of /proc/PID/stat from the state (third field) on; the name before may hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  const stat = readProc(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ps(pid: number, columns: string): string | null {
  try {
    const text = execFileSync('ps', ['-o', columns, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || null;
  } catch {
    return null;
  }
}

function startToken(pid: number): string | null {
  if (!isLinux) return ps(pid, 'lstart=');
  const fields = statFields(pid);
  const state = fields?.[0];
  const ticks = fields?.[19];
  // A zombie is over: only its parent has not looked yet.
  if (state === undefined || ticks === undefined || state === 'Z' || state === 'X') return null;
  return `${readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}:${ticks}`;
}

/** Null when no such process runs (a zombie counts as gone). */
export function identifyProcess(pid: number): ProcessIdentity | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const token = startToken(pid);
  return token === null ? null : { pid, startToken: token };
}

/** Whether exactly that process, not a later one with its pid, still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return startToken(identity.pid) === identity.startToken;
}

/** The arguments of a process, its program first; null when it is gone or they cannot be read. */
export function processArguments(pid: number): string[] | null {
  if (!isLinux) return ps(pid, 'command=')?.split(' ') ?? null;
  const text = readProc(`/proc/${pid}/cmdline`);
  return text === null || text === '' ? null : text.replace(/\0+$/, '').split('\0');
}

/** Every other running process whose arguments satisfy the test, the oldest pid first. */
export function findProcesses(test: (argv: readonly string[]) => boolean): ProcessIdentity[] {
  const found: ProcessIdentity[] = [];
  for (const pid of allPids()) {
    const argv = pid === process.pid ? null : processArguments(pid);
    const identity = argv !== null && test(argv) ? identifyProcess(pid) : null;
    if (identity !== null) found.push(identity);
  }
  return found;
}

function allPids(): number[] {
  if (isLinux) return readdirSync('/proc').map(Number).filter(Number.isInteger);
  const text = execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' });
  return text
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}

/** All processes below this one, children of children too. Linux only; elsewhere empty. */
export function descendants(root: number): number[] {
  if (!isLinux) return [];
  const children = new Map<number, number[]>();
  for (const pid of allPids()) {
    const parent = Number(statFields(pid)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  const queue = [root];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const direct = children.get(next) ?? [];
    found.push(...direct);
    queue.push(...direct);
  }
  return found;
}

/** Signals exactly that process; false when it is already gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Processor time and memory of a process and everything below it, null when it is gone. Memory that several of them
 * share (PostgreSQL's buffers) counts once where the system tells (Linux), else once per process.
 */
export function processTreeUsage(pid: number): ProcessUsage | null {
  if (!isLinux) return psUsage(pid);
  const own = linuxUsage(pid, TICKS_WITH_ENDED_CHILDREN);
  if (own === null) return null;
  const below = descendants(pid).flatMap((child) => linuxUsage(child, TICKS_WITH_ENDED_CHILDREN) ?? []);
  return {
    cpuSeconds: below.reduce((sum, usage) => sum + usage.cpuSeconds, own.cpuSeconds),
    rssBytes: below.reduce((sum, usage) => sum + usage.rssBytes, own.rssBytes),
    ageSeconds: own.ageSeconds,
  };
}

/** The same of one process alone. */
export function processUsage(pid: number): ProcessUsage | null {
  return isLinux ? linuxUsage(pid, OWN_TICKS) : psUsage(pid);
}

function linuxUsage(pid: number, tickFields: readonly number[]): ProcessUsage | null {
  const fields = statFields(pid);
  const uptime = Number(readProc('/proc/uptime')?.split(' ')[0]);
  if (fields === null) return null;
  const ticks = tickFields.reduce((sum, index) => sum + Number(fields[index] ?? 0), 0);
  const proportional = /^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    rssBytes: proportional === undefined ? Number(fields[21] ?? 0) * PAGE_BYTES : Number(proportional) * 1024,
    ageSeconds: Math.max(0.01, uptime - Number(fields[19] ?? 0) / TICKS_PER_SECOND),
  };
}

function psUsage(pid: number): ProcessUsage | null {
  const columns = ps(pid, 'time=,etime=,rss=')?.split(/\s+/);
  if (columns === undefined) return null;
  return {
    cpuSeconds: clockToSeconds(columns[0] ?? ''),
    ageSeconds: Math.max(0.01, clockToSeconds(columns[1] ?? '')),
    rssBytes: Number(columns[2] ?? 0) * 1024,
  };
}

/** `[[dd-]hh:]mm:ss[.ff]` as ps prints it. */
export function clockToSeconds(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = (clock ?? '').split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Number(days) * 86_400 + seconds;
}
