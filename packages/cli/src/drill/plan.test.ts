import { describe, expect, it } from 'vitest';
import { ALL_FAULTS, describeFault, DRILL_DISKS, DRILL_LINKS, DRILL_TARGETS, planDrill } from './plan.ts';

describe('planDrill', () => {
  it('repeats for a seed and differs between seeds', () => {
    expect(planDrill(20, 'a')).toEqual(planDrill(20, 'a'));
    expect(planDrill(20, 'a')).not.toEqual(planDrill(20, 'b'));
  });

  it('plays every fault once in each cycle', () => {
    const plan = planDrill(2 * ALL_FAULTS, 'x');
    for (const cycle of [plan.slice(0, ALL_FAULTS), plan.slice(ALL_FAULTS)]) {
      const faults = cycle.map((round) => round.fault);
      const kills = faults.flatMap((fault) => (fault.kind === 'kill' ? [fault.target] : []));
      const cuts = faults.flatMap((fault) => (fault.kind === 'cut' ? [fault.link] : []));
      const disks = faults.flatMap((fault) => (fault.kind === 'full-disk' ? [fault.disk] : []));
      expect(kills.toSorted()).toEqual(DRILL_TARGETS.toSorted());
      expect(cuts.map(String).toSorted()).toEqual(DRILL_LINKS.map(String).toSorted());
      expect(disks.toSorted()).toEqual(DRILL_DISKS.toSorted());
    }
  });

  it.each(['a', 'b', 'c'])('has kills and a cut among the first three rounds (%s)', (seed) => {
    const kinds = planDrill(3, seed).map((round) => round.fault.kind);
    expect(kinds).toEqual(['kill', 'cut', 'kill']);
  });

  it('leaves each fault at least half a second and at most four of load before it', () => {
    for (const { delayMs } of planDrill(60, 'y')) {
      expect(delayMs).toBeGreaterThanOrEqual(500);
      expect(delayMs).toBeLessThan(4_000);
    }
  });
});

describe('describeFault', () => {
  it('says what is done, to whom and for how long', () => {
    expect(describeFault({ kind: 'kill', target: 'connect' })).toBe('kill -9 connect');
    expect(describeFault({ kind: 'full-disk', disk: 'kafka', durationMs: 4_000 })).toBe('disk of kafka full for 4.0 s');
    expect(describeFault({ kind: 'cut', link: ['cdc-sink', 'kafka'], mode: 'silent', durationMs: 1_500 })).toBe(
      'cdc-sink to kafka silent for 1.5 s',
    );
  });
});
