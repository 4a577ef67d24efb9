import { DAY_MS, EbbError } from '@ebb/core';
import { z } from 'zod';
import type { SimulatorErrorCode } from '../errors.ts';
import type { CrmFlags } from './crm-flags.ts';

const anchorSchema = z.object({ rows: z.int().min(0), timeMs: z.int(), rate: z.number().positive() });

/**
 * Everything that a world's changes follow from. It is stored with the progress, so that a run that goes on makes the
 * same rows; version 1 of its form.
 */
const planSchema = z.object({
  version: z.literal(1),
  kind: z.enum(['shop', 'bank']),
  source: z.string(),
  seed: z.string(),
  customers: z.int().min(1),
  historyDays: z.number().min(0),
  startMs: z.int(),
  anchors: z.array(anchorSchema),
});

export type CrmPlan = z.infer<typeof planSchema>;

export function planFrom(flags: CrmFlags, nowMs: number): CrmPlan {
  return {
    version: 1,
    kind: flags.kind,
    source: flags.source ?? (flags.kind === 'shop' ? 'shop' : 'bank_sim'),
    seed: flags.seed,
    customers: flags.customers,
    historyDays: flags.history / DAY_MS,
    startMs: flags.start ?? nowMs,
    anchors: [],
  };
}

const IDENTITY = ['kind', 'seed', 'customers', 'historyDays'] as const;

/** The stored plan, to go on with; raises CRM_OTHER_PLAN where the flags ask for another world. */
export function resumePlan(stored: string, wanted: CrmPlan, isStartGiven: boolean): CrmPlan {
  const plan = planSchema.parse(JSON.parse(stored));
  const differing = IDENTITY.filter((key) => plan[key] !== wanted[key]).map(
    (key) => `${key} ${String(plan[key])} (asked for ${String(wanted[key])})`,
  );
  if (isStartGiven && plan.startMs !== wanted.startMs) {
    differing.push(`start ${new Date(plan.startMs).toISOString()}`);
  }
  if (differing.length === 0) return plan;
  throw new EbbError<SimulatorErrorCode>(
    'CRM_OTHER_PLAN',
    `source ${plan.source} holds another simulated world: ${differing.join(', ')}; give the same flags to go on with it, --restart to delete it, or another --source`,
  );
}
