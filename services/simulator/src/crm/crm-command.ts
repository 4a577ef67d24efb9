import { join } from 'node:path';
import { loadConfig, postgresOptions } from '@ebb/config';
import { errorMessage, systemClock } from '@ebb/core';
import { createPool } from '@ebb/postgres';
import type { MainContext, Service } from '@ebb/runtime';
import { writeOut } from '../command.ts';
import { loadHome } from '../config.ts';
import { invalidArguments, readFlags } from '../flags.ts';
import { startHealth } from '../health.ts';
import { CrmClock } from './crm-clock.ts';
import { crmFlags, type CrmFlags, crmRules } from './crm-flags.ts';
import { createCrmMetrics, type CrmMetrics } from './crm-metrics.ts';
import { type CrmPlan, planFrom, resumePlan } from './crm-plan.ts';
import { CrmService, type CrmTarget } from './crm-service.ts';
import { CrmStore } from './crm-store.ts';
import { ChangeFile, StoreTarget } from './crm-targets.ts';
import { writeCrmTruth } from './crm-truth-file.ts';
import { CrmWorld } from './crm-world.ts';

const BATCHES_PER_SECOND = 50;

/** Where a run writes, and where it goes on. */
interface Destination {
  target: CrmTarget;
  plan: CrmPlan;
  doneSteps: number;
}

export async function buildSimulateCrm(context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, crmFlags, crmRules);
  if (operands.length > 0) throw invalidArguments(`unexpected argument ${String(operands[0])}`);
  const metrics = createCrmMetrics(context.metrics);
  const destination = await openDestination(context, flags, metrics);
  await startHealth(context, () => true);
  const { service, world } = assemble(context, { flags, metrics, destination });
  return {
    run: async () => {
      await service.run();
      const counts = { rows: service.written, customers: world.active };
      context.logger.info({ event: 'simulated_crm', ...counts });
      if (flags.json) await writeOut(`${JSON.stringify(counts)}\n`);
    },
    stop: () => service.stop(),
  };
}

function assemble(
  context: MainContext,
  { flags, metrics, destination }: { flags: CrmFlags; metrics: CrmMetrics; destination: Destination },
): { service: CrmService; world: CrmWorld } {
  const { plan, target, doneSteps } = destination;
  const calendar = new CrmClock({ ...plan, rate: flags.rate }, plan.anchors);
  const world = new CrmWorld(plan, calendar);
  for (let step = 0; step < doneSteps; step += 1) world.next();
  const beginMs = doneSteps > 0 ? goOn(world, calendar, flags) : plan.startMs;
  const { seed, source, customers } = plan;
  context.logger.info({ event: 'simulating_crm', source, seed, customers, doneSteps, rows: world.rows });
  const planNow = (): CrmPlan => ({ ...plan, anchors: [...calendar.anchors] });
  const service = new CrmService({
    world,
    calendar,
    target,
    clock: systemClock,
    metrics,
    doneSteps,
    batchRows: flags.batch ?? Math.max(1, Math.ceil(flags.rate / BATCHES_PER_SECOND)),
    endMs: flags.duration === null ? null : beginMs + flags.duration,
    count: flags.count,
    isPaced: flags.out === null,
    plan: () => JSON.stringify(planNow()),
    keepTruth: () => keepTruth(context, { flags, world, plan: planNow() }),
    onProgress: (rows) => context.logger.info({ event: 'progress', rows }),
  });
  return { service, world };
}

/** After a pause the world goes on now; with a given start, where it would be had it not paused. */
function goOn(world: CrmWorld, calendar: CrmClock, flags: CrmFlags): number {
  const timeMs = flags.start === null ? systemClock.nowMs() : calendar.timeMs(world.rows, world.days);
  calendar.anchor({ rows: world.rows, timeMs, rate: flags.rate });
  return timeMs;
}

async function openDestination(context: MainContext, flags: CrmFlags, metrics: CrmMetrics): Promise<Destination> {
  const wanted = planFrom(flags, systemClock.nowMs());
  if (flags.out !== null) {
    const file = new ChangeFile(flags.out);
    context.releasers.add('file', () => file.close());
    return { target: file, plan: wanted, doneSteps: 0 };
  }
  const { postgresUrl } = loadConfig(postgresOptions, context.env);
  const pool = createPool({ url: postgresUrl, applicationName: 'ebb-simulator', max: 2 });
  context.releasers.add('pool', () => pool.end());
  const store = new CrmStore(pool, { source: wanted.source, name: `crm/${wanted.source}` });
  const target = new StoreTarget(store, (attempt, delayMs, message) => {
    metrics.retries.inc();
    context.logger.warn({ event: 'crm_retry', attempt, delayMs: Math.round(delayMs), message });
  });
  if (flags.restart) await store.forget();
  const progress = await store.readProgress();
  if (progress !== null) {
    return { target, plan: resumePlan(progress.plan, wanted, flags.start !== null), doneSteps: progress.nextStep };
  }
  await store.begin(JSON.stringify(wanted));
  return { target, plan: wanted, doneSteps: 0 };
}

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
