import { loadConfig, postgresOptions } from '@ebb/config';
import { systemClock } from '@ebb/core';
import { createPool, type Pool } from '@ebb/postgres';
import type { MainContext, Service } from '@ebb/runtime';
import { writeOut } from '../command.ts';
import { CrmClock } from './crm-clock.ts';
import type { CrmFlags } from './crm-flags.ts';
import { type CrmMetrics, createCrmMetrics } from './crm-metrics.ts';
import { type CrmPlan, resumePlan } from './crm-plan.ts';
import { CrmService, type CrmTarget } from './crm-service.ts';
import { CrmStore } from './crm-store.ts';
import { ChangeFile, StoreTarget } from './crm-targets.ts';
import type { StepSource } from './crm-world.ts';

const BATCHES_PER_SECOND = 50;

/** The flags that every run of a world has. */
export type RunFlags = Pick<CrmFlags, 'rate' | 'batch' | 'start' | 'duration' | 'count' | 'out' | 'restart' | 'json'>;

export interface RunOptions<W extends StepSource> {
  flags: RunFlags;
  /** The world that the flags ask for. */
  wanted: CrmPlan;
  createWorld: (plan: CrmPlan, calendar: CrmClock) => W;
  /** Called at intervals and at the end. */
  keepTruth: (world: W, plan: CrmPlan) => void;
}

/** Where a run writes, and where it goes on. */
interface Destination {
  target: CrmTarget;
  plan: CrmPlan;
  doneSteps: number;
}

/** A world as a service: begun, or gone on with where an earlier run left it. */
export async function buildRun<W extends StepSource>(context: MainContext, options: RunOptions<W>): Promise<Service> {
  const { flags } = options;
  const metrics = createCrmMetrics(context.metrics);
  const destination = await openDestination(context, options, metrics);
  const { service, world } = assemble(context, { options, metrics, destination });
  return {
    run: async () => {
      await service.run();
      const counts = { rows: service.written, customers: world.active };
      context.logger.info({ event: 'simulated_crm', source: destination.plan.source, ...counts });
      if (flags.json) await writeOut(`${JSON.stringify(counts)}\n`);
    },
    stop: () => service.stop(),
  };
}

/** The database that EBB_POSTGRES_URL names, closed when the program ends. */
export function openPool(context: MainContext): Pool {
  const { postgresUrl } = loadConfig(postgresOptions, context.env);
  const pool = createPool({ url: postgresUrl, applicationName: 'ebb-simulator', max: 2 });
  context.releasers.add('pool', () => pool.end());
  return pool;
}

function assemble<W extends StepSource>(
  context: MainContext,
  parts: { options: RunOptions<W>; metrics: CrmMetrics; destination: Destination },
): { service: CrmService; world: W } {
  const { options, metrics, destination } = parts;
  const { flags } = options;
  const { plan, target, doneSteps } = destination;
  const calendar = new CrmClock({ ...plan, rate: flags.rate }, plan.anchors);
  const world = options.createWorld(plan, calendar);
  for (let step = 0; step < doneSteps; step += 1) world.next();
  const beginMs = doneSteps > 0 ? goOn(world, calendar, flags) : plan.startMs;
  const { seed, source, customers } = plan;
  context.logger.info({ event: 'simulating_crm', source, seed, customers, doneSteps, rows: world.rows });
  const planNow = (): CrmPlan => ({ ...plan, anchors: [...calendar.anchors] });
  const service = new CrmService({
    world,
    target,
    clock: systemClock,
    metrics,
    doneSteps,
    batchRows: flags.batch ?? Math.max(1, Math.ceil(flags.rate / BATCHES_PER_SECOND)),
    endMs: flags.duration === null ? null : beginMs + flags.duration,
    count: flags.count,
    isPaced: flags.out === null,
    plan: () => JSON.stringify(planNow()),
    keepTruth: () => options.keepTruth(world, planNow()),
    onProgress: (rows) => context.logger.info({ event: 'progress', rows }),
  });
  return { service, world };
}

/** After a pause the world goes on now; with a given start, where it would be had it not paused. */
function goOn(world: StepSource, calendar: CrmClock, flags: RunFlags): number {
  const asIfNoPause = calendar.timeMs(world.rows, world.days);
  const timeMs = flags.start === null ? systemClock.nowMs() : asIfNoPause;
  const isSame = flags.start !== null && calendar.anchors.at(-1)?.rate === flags.rate;
  if (!isSame) calendar.anchor({ rows: world.rows, timeMs, rate: flags.rate });
  return timeMs;
}

async function openDestination<W extends StepSource>(
  context: MainContext,
  { flags, wanted }: RunOptions<W>,
  metrics: CrmMetrics,
): Promise<Destination> {
  if (flags.out !== null) {
    const file = new ChangeFile(flags.out);
    context.releasers.add('file', () => file.close());
    return { target: file, plan: wanted, doneSteps: 0 };
  }
  const store = new CrmStore(openPool(context), { source: wanted.source, name: `crm/${wanted.source}` });
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
