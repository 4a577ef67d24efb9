import { describe, expect, it } from 'vitest';
import { DRILL_TARGETS, planDrill } from './plan.ts';

describe('planDrill', () => {
  it('repeats for a seed and differs between seeds', () => {
    expect(planDrill(20, 'a')).toEqual(planDrill(20, 'a'));
    expect(planDrill(20, 'a')).not.toEqual(planDrill(20, 'b'));
  });

  it('kills every part once in each five rounds', () => {
    const targets = planDrill(10, 'x').map((round) => round.target);
    expect(targets.slice(0, 5).toSorted()).toEqual([...DRILL_TARGETS].toSorted());
    expect(targets.slice(5).toSorted()).toEqual([...DRILL_TARGETS].toSorted());
  });

  it('leaves each kill at least half a second and at most four of load', () => {
    for (const { delayMs } of planDrill(50, 'y')) {
      expect(delayMs).toBeGreaterThanOrEqual(500);
      expect(delayMs).toBeLessThan(4_000);
    }
  });
});
