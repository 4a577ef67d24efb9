import { envNumber } from '@ebb/config';
import { SOURCE_PATTERN } from '@ebb/contracts';
import { systemClock } from '@ebb/core';
import { createKafka, kafkaOptionsFrom } from '@ebb/kafka';
import type { MainContext, Service } from '@ebb/runtime';
import { z } from 'zod';
import { type Command, oneShot, writeOut } from '../command.ts';
import { loadDeliveryConfig, loadHome } from '../config.ts';
import { CLIENT_RETRIES, KafkaDelivery } from '../delivery/kafka-delivery.ts';
import { calendarDay } from '../flag-types.ts';
import { describeFlags, invalidArguments, optionalFlag, readFlags, switchFlag, valueFlag } from '../flags.ts';
import { Progress } from './progress.ts';
import { recountFiles } from './recount.ts';
import { replayFiles, type ReplaySummary } from './replay-service.ts';

const shiftTo = optionalFlag(
  '--shift-to',
  calendarDay(),
  'move all days so that the last one is this day (YYYY-MM-DD)',
);

const replayFlags = {
  shiftTo,
  speed: optionalFlag('--speed', envNumber({ min: 0.001 }), 'historical seconds per second; else as fast as possible'),
  restart: switchFlag('--restart', 'begin again where an interrupted replay would be resumed'),
  source: valueFlag('--source', z.string().regex(SOURCE_PATTERN, 'must be a lower-case name'), {
    description: 'world the documents belong to',
    default: 'retail',
  }),
  json: switchFlag('--json', 'print the summary as JSON'),
};

const recountFlags = { shiftTo, json: switchFlag('--json', 'print JSON instead of a table') };

export const replayCommand: Command = {
  usage: 'replay online-retail FILE... [flags]   send the documents of Online Retail II files as purchase events',
  help: () => describeFlags(replayFlags),
  build: buildReplay,
};

export const recountCommand: Command = {
  usage: 'recount FILE... [flags]                what the files must give, per day, counted independently',
  help: () => describeFlags(recountFlags),
  build: buildRecount,
};

function buildReplay(context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, replayFlags);
  const [dataset, ...paths] = operands;
  if (dataset !== 'online-retail') throw invalidArguments(`unknown data set ${String(dataset)}; use online-retail`);
  if (paths.length === 0) throw invalidArguments('replay online-retail needs at least one FILE');
  const config = loadDeliveryConfig(context.env);
  const kafka = createKafka({ ...kafkaOptionsFrom(config, 'ebb-replay'), retries: CLIENT_RETRIES });
  const delivery = new KafkaDelivery(kafka, {
    onRetry: (attempt, delayMs, message) => context.logger.warn({ event: 'delivery_retry', attempt, delayMs, message }),
  });
  context.releasers.add('producer', () => delivery.close());
  const progress = new Progress();
  const options = {
    paths,
    source: flags.source,
    shiftToMs: flags.shiftTo,
    speed: flags.speed,
    restart: flags.restart,
    home: loadHome(context.env),
    brokers: config.kafkaBrokers,
    purchaseTopic: config.purchaseTopic,
    deadLetterTopic: config.deadLetterTopic,
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    await delivery.connect();
    const summary = await replayFiles(options, { delivery, progress, clock: systemClock }, signal);
    await writeOut(flags.json ? `${JSON.stringify(summary)}\n` : describeSummary(summary));
  };
  return Promise.resolve(oneShot(run));
}

function describeSummary(summary: ReplaySummary): string {
  const resumed = summary.resumedAfter > 0 ? ` (${summary.resumedAfter} of them in an earlier run)` : '';
  const shifted = summary.shiftDays === 0 ? '' : `, ${summary.shiftDays} days later than in the file`;
  const bad = summary.badLines > 0 ? `; ${summary.badLines} bad lines went to the dead letters` : '';
  const stopped = summary.stopped ? '; stopped, the same command resumes' : '';
  return `${summary.documents} documents replayed${resumed}${shifted}${bad}${stopped}\n`;
}

function buildRecount(_context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, recountFlags);
  if (operands.length === 0) throw invalidArguments('recount needs at least one FILE');
  const run = async (): Promise<void> => {
    const lastDay = flags.shiftTo === null ? undefined : new Date(flags.shiftTo).toISOString().slice(0, 10);
    const recount = await recountFiles(operands, lastDay);
    if (flags.json) {
      await writeOut(`${JSON.stringify(recount)}\n`);
      return;
    }
    const rows = [...recount.days, { day: 'total', ...recount.totals }];
    const names = Object.keys(rows[0] ?? {}) as (keyof (typeof rows)[number])[];
    await writeOut(
      `${[names.join('\t'), ...rows.map((row) => names.map((name) => row[name]).join('\t'))].join('\n')}\n`,
    );
  };
  return Promise.resolve(oneShot(run));
}
