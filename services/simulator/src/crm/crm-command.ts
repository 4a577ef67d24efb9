import { join } from 'node:path';
import { errorMessage, systemClock } from '@ebb/core';
import type { MainContext, Service } from '@ebb/runtime';
import { loadHome } from '../config.ts';
import { invalidArguments, readFlags } from '../flags.ts';
import { startHealth } from '../health.ts';
import { crmFlags, type CrmFlags, crmRules } from './crm-flags.ts';
import { type CrmPlan, planFrom } from './crm-plan.ts';
import { buildRun } from './crm-run.ts';
import { writeCrmTruth } from './crm-truth-file.ts';
import { CrmWorld } from './crm-world.ts';

export async function buildSimulateCrm(context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, crmFlags, crmRules);
  if (operands.length > 0) throw invalidArguments(`unexpected argument ${String(operands[0])}`);
  await startHealth(context, () => true);
  return buildRun(context, {
    flags,
    wanted: planFrom(flags, systemClock.nowMs()),
    createWorld: (plan, calendar) => new CrmWorld(plan, calendar),
    keepTruth: (world, plan) => keepTruth(context, { flags, world, plan }),
  });
}

/** Beside the changes: at --truth, else next to --out, else in the stack's home. Rows matter more than this file. */
function keepTruth(
  context: MainContext,
  { flags, world, plan }: { flags: CrmFlags; world: CrmWorld; plan: CrmPlan },
): void {
  if (flags.truth === null && flags.out === '-') return;
  const beside =
    flags.out === null
      ? join(loadHome(context.env), 'simulator', `crm-truth-${plan.source}.parquet`)
      : `${flags.out}.truth.parquet`;
  const path = flags.truth ?? beside;
  try {
    writeCrmTruth(path, world, plan);
  } catch (error) {
    context.logger.warn({ event: 'truth_not_written', path, message: errorMessage(error) });
  }
}
