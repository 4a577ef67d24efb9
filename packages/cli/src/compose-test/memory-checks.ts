import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';

const MIB = 1024 ** 2;
/** Of version 2 of control groups, then of version 1. */
const READ = `cd /sys/fs/cgroup; if [ -e memory.stat ]
  then cat memory.events memory.stat; echo "limit $(cat memory.max)"
  else cd memory; cat memory.oom_control memory.stat; echo "limit $(cat memory.limit_in_bytes)"; fi`;

export interface MemoryUse {
  limitMib: number;
  /** What cannot be given back: no page cache. */
  usedMib: number;
  kills: number;
}

/** What the kernel says of one container's memory. */
export function parseMemory(text: string): MemoryUse {
  const figures = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));
  const read = (...names: string[]): number => Number(names.map((name) => figures.get(name)).find(Boolean) ?? 0);
  const used = read('anon', 'total_rss') + read('shmem', 'total_shmem') + read('kernel');
  return { limitMib: read('limit') / MIB, usedMib: used / MIB, kills: read('oom_kill') };
}

/** No container was short of memory, nor started again by itself; says which are nearest to their limits. */
export async function checkMemory(project: ComposeProject): Promise<string> {
  const running = (await project.containers()).filter((container) => container.State === 'running');
  const problems: string[] = [];
  const shares: [service: string, percent: number][] = [];
  for (const { Service: service, ID: id } of running) {
    const { limitMib, usedMib, kills } = parseMemory(await project.exec(service, ['sh', '-c', READ]));
    const restarts = Number(await project.docker(['inspect', '--format', '{{.RestartCount}}', id]));
    if (kills > 0) problems.push(`${service} was short of its ${limitMib} MiB: ${kills} processes were killed`);
    if (restarts > 0) problems.push(`${service} ended and was started again ${restarts} times`);
    shares.push([`${service} ${Math.round(usedMib)} of ${limitMib} MiB`, usedMib / limitMib]);
  }
  ensureNone(problems);
  const most = shares.toSorted(([, a], [, b]) => b - a).map(([text]) => text);
  return most.join(', ');
}
