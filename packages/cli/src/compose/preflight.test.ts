import { describe, expect, it } from 'vitest';
import { type HostFacts, preflight } from './preflight.ts';

const GIB = 1024 ** 3;
const good: HostFacts = {
  engine: '25.0.3',
  compose: 'v2.24.0-desktop.1',
  memoryBytes: 16 * GIB,
  wantedBytes: 8 * GIB,
  busyPorts: [],
};

describe('preflight', () => {
  it('finds nothing on a machine that is ready', () => {
    expect(preflight(good)).toEqual([]);
    expect(preflight({ ...good, engine: '29.1.0', compose: '5.0.1' })).toEqual([]);
  });

  it.each<[string, Partial<HostFacts>, string]>([
    ['no engine', { engine: null, problem: 'Cannot connect' }, 'Docker does not answer: Cannot connect'],
    ['an old engine', { engine: '24.0.9' }, 'Docker Engine 24.0.9 is too old: 25.0 or newer is needed'],
    ['no Compose', { compose: null }, '"docker compose" is not there'],
    ['an old Compose', { compose: '2.23.3' }, 'Docker Compose 2.23.3 is too old: 2.24 or newer is needed'],
    ['an odd version', { compose: 'dev' }, 'Docker Compose dev is too old'],
    ['too little memory', { memoryBytes: 4 * GIB }, 'Docker has 4.0 GiB of memory; what is to run may take 8.0 GiB'],
  ])('stops at %s', (_, change, text) => {
    const findings = preflight({ ...good, ...change });
    expect(findings.map(({ isFatal }) => isFatal)).toEqual([true]);
    expect(findings[0]?.text).toContain(text);
  });

  it('warns where memory may get scarce', () => {
    const findings = preflight({ ...good, memoryBytes: 6 * GIB });
    expect(findings).toEqual([
      { isFatal: false, text: 'Docker has 6.0 GiB of memory; what is to run may take 8.0 GiB at the worst' },
    ]);
  });

  it('names each taken port with the variable that moves it', () => {
    const busyPorts = [
      { service: 'postgres', port: 5432, variable: 'EBB_POSTGRES_PORT' },
      { service: 'kafka', port: 9092, variable: 'EBB_KAFKA_PORT' },
    ];
    expect(preflight({ ...good, busyPorts }).map(({ text }) => text)).toEqual([
      'port 5432 of postgres is taken on this machine: stop what has it, or set EBB_POSTGRES_PORT to another',
      'port 9092 of kafka is taken on this machine: stop what has it, or set EBB_KAFKA_PORT to another',
    ]);
  });
});
