import { expect, it } from 'vitest';
import { parseMemory } from './memory-checks.ts';

it('reads what cannot be given back, and kills, in either version of control groups', () => {
  const second =
    'low 0\nmax 12\noom 1\noom_kill 1\nanon 104857600\nfile 500000000\nkernel 10485760\nshmem 5242880\nlimit 268435456\n';
  expect(parseMemory(second)).toEqual({ limitMib: 256, usedMib: 115, kills: 1 });
  const first =
    'oom_kill_disable 0\nunder_oom 0\noom_kill 0\ncache 9000000\nrss 1\ntotal_rss 20971520\ntotal_shmem 1048576\nlimit 67108864\n';
  expect(parseMemory(first)).toEqual({ limitMib: 64, usedMib: 21, kills: 0 });
});
