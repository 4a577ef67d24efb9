import { FUNNEL_STEPS, type FunnelStep } from '../../api/funnel-schema.ts';

/** Steps with what went on and what ended at each, from the sessions that reached them, in order. */
export function funnelSteps(sessions: readonly number[]): FunnelStep[] {
  const visits = sessions[0] ?? 0;
  return FUNNEL_STEPS.map((step, index) => {
    const reached = sessions[index] ?? 0;
    const before = index === 0 ? reached : (sessions[index - 1] ?? 0);
    const dropped = before - reached;
    return {
      step,
      sessions: reached,
      conversion: index === 0 ? null : shareOf(reached, before),
      dropped,
      dropOff: index === 0 ? null : shareOf(dropped, before),
      fromVisit: shareOf(reached, visits),
    };
  });
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
