import { systemClock, utcDay } from '@ebb/core';
import type { MainContext, Service } from '@ebb/runtime';
import { type Command, oneShot, writeOut } from '../command.ts';
import { BANK_FIXTURE_SOURCE, crmFlags } from '../crm/crm-flags.ts';
import type { CrmPlan } from '../crm/crm-plan.ts';
import { buildRun, openPool } from '../crm/crm-run.ts';
import { calendarDay } from '../flag-types.ts';
import { describeFlags, invalidArguments, optionalFlag, readFlags } from '../flags.ts';
import { startHealth } from '../health.ts';
import { BankLife } from './bank-life.ts';
import { loadBank, type LoadReport } from './bank-store.ts';

const loadFlags = {
  until: optionalFlag('--until', calendarDay(), 'day up to which the customers live on, YYYY-MM-DD [today]'),
  json: crmFlags.json,
};

const { rate, batch, start, duration, count, seed, json } = crmFlags;

/** Flags of `simulate bank`. */
export const bankFlags = { rate: { ...rate, default: '1' }, batch, start, duration, count, seed, json };

export const loadFixtureCommand: Command = {
  usage: "load-fixture bank [flags]              the bank's 20 customers; loading again changes only what differs",
  help: () => describeFlags(loadFlags),
  build: buildLoadFixture,
};

function buildLoadFixture(context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, loadFlags);
  if (operands.length !== 1 || operands[0] !== BANK_FIXTURE_SOURCE) {
    throw invalidArguments(`load-fixture ${operands.join(' ')}: the fixture there is is bank`);
  }
  const pool = openPool(context);
  return Promise.resolve(
    oneShot(async () => {
      const report = await loadBank(pool, flags.until ?? systemClock.nowMs());
      logReport(context, report);
      await writeOut(flags.json ? `${JSON.stringify(report)}\n` : reportText(report));
    }),
  );
}

/** The fixture, then its customers' ordinary business at a rate. */
export async function buildSimulateBank(context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, bankFlags);
  if (operands.length > 0) throw invalidArguments(`unexpected argument ${String(operands[0])}`);
  await startHealth(context, () => true);
  logReport(context, await loadBank(openPool(context), systemClock.nowMs()));
  return buildRun(context, {
    flags: { ...flags, out: null, restart: false },
    wanted: planOf(flags.seed, flags.start ?? systemClock.nowMs()),
    createWorld: (plan, calendar) => new BankLife(plan.seed, calendar),
    keepTruth: () => {},
  });
}

function planOf(seed: string, startMs: number): CrmPlan {
  const fixed = { version: 1, kind: 'bank', source: BANK_FIXTURE_SOURCE, customers: 20, historyDays: 0 } as const;
  return { ...fixed, seed, startMs, anchors: [] };
}

function logReport(context: MainContext, report: LoadReport): void {
  context.logger.info({ event: 'bank_loaded', ...report });
}

function reportText({ tables, activity }: LoadReport): string {
  const lines = tables.map(
    ({ table, rows, inserted, restored }) =>
      `${table.padEnd(16)}${String(rows).padStart(5)} in the fixture   ${String(inserted)} new, ${String(restored)} put right`,
  );
  return `${lines.join('\n')}\nand ${String(activity)} new rows of later life, up to ${utcDay(systemClock.nowMs())}\n`;
}
