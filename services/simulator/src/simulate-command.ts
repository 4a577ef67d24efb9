import { join } from 'node:path';
import { errorMessage, systemClock } from '@ebb/core';
import { createKafka, kafkaOptionsFrom } from '@ebb/kafka';
import type { MainContext, Service } from '@ebb/runtime';
import { bankFlags, buildSimulateBank } from './bank/bank-commands.ts';
import { type Command, writeOut } from './command.ts';
import { loadCollectorConfig, loadDeliveryConfig, loadHome } from './config.ts';
import { buildSimulateCrm } from './crm/crm-command.ts';
import { crmFlags } from './crm/crm-flags.ts';
import { AckLog } from './delivery/ack-log.ts';
import { CollectorDelivery } from './delivery/collector-delivery.ts';
import type { OnRetry } from './delivery/delivery.ts';
import { CLIENT_RETRIES, KafkaDelivery } from './delivery/kafka-delivery.ts';
import { deliverySink, FileSink, type MessageSink } from './delivery/message-sink.ts';
import { describeFlags, invalidArguments, readFlags } from './flags.ts';
import { startHealth } from './health.ts';
import { createSimulatorMetrics, type SimulatorMetrics } from './metrics.ts';
import { planSimulation, type SimulateFlags, simulateFlags, simulateRules, STREAMS } from './simulate-flags.ts';
import { SimulateService } from './simulate-service.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';
import { writeTruth } from './world/truth-file.ts';

export const simulateCommand: Command = {
  usage: [
    'simulate shop|web|purchases [flags]    events of a simulated shop',
    'simulate crm [flags]                   operational records of the shop or of a bank, written to Postgres',
    "simulate bank [flags]                  the fixture's 20 customers and their ordinary business",
  ].join('\n'),
  help: () =>
    [
      `shop, web, purchases:\n${describeFlags(simulateFlags)}`,
      `crm:\n${describeFlags(crmFlags)}`,
      `bank:\n${describeFlags(bankFlags)}`,
    ].join('\n\n'),
  build: (context, args) => {
    const [what, ...rest] = args;
    if (what === 'crm') return buildSimulateCrm(context, rest);
    return what === 'bank' ? buildSimulateBank(context, rest) : buildSimulate(context, args);
  },
};

async function buildSimulate(context: MainContext, args: string[]): Promise<Service> {
  const { flags, operands } = readFlags(args, simulateFlags, simulateRules);
  const streams = STREAMS[operands[0] ?? ''];
  if (streams === undefined || operands.length > 1) {
    throw invalidArguments(`simulate ${operands.join(' ')}: what to simulate is shop, web, purchases, crm or bank`);
  }
  const { simulation: options, pace } = planSimulation(flags, streams, systemClock.nowMs());
  const simulation = new Simulation(options);
  const metrics = createSimulatorMetrics(context.metrics);
  const ackLog = flags.ackLog === null ? null : new AckLog(flags.ackLog);
  if (ackLog !== null) context.releasers.add('ack log', () => ackLog.close());
  logPlan(context, options, simulation);
  let isConnected = false;
  await startHealth(context, () => isConnected);
  const sink = buildSink(context, flags, metrics);
  const service = new SimulateService({
    simulation,
    sink: { ...bind(sink), connect: async () => sink.connect().then(() => void (isConnected = true)) },
    pace,
    clock: systemClock,
    metrics,
    ackLog,
    keepTruth: () => keepTruth(context, flags, simulation, options),
    onProgress: (sent) => context.logger.info({ event: 'progress', sent }),
    onExhausted: () => context.logger.warn({ event: 'customers_exhausted', customers: options.customers }),
  });
  return {
    run: async () => {
      await service.run();
      const counts = simulation.counts;
      context.logger.info({ event: 'simulated', ...counts, until: new Date(simulation.lastMs).toISOString() });
      if (flags.json) await writeOut(`${JSON.stringify(counts)}\n`);
    },
    stop: () => service.stop(),
  };
}

function bind(sink: MessageSink): MessageSink {
  return {
    connect: () => sink.connect(),
    send: (chunk, signal) => sink.send(chunk, signal),
    close: () => sink.close(),
  };
}

function buildSink(context: MainContext, flags: SimulateFlags, metrics: SimulatorMetrics): MessageSink {
  if (flags.out !== null) return new FileSink(flags.out);
  const onRetry: OnRetry = (attempt, delayMs, message) => {
    metrics.retries.inc();
    context.logger.warn({ event: 'delivery_retry', attempt, delayMs: Math.round(delayMs), message });
  };
  if (flags.via === 'collector') {
    const { collectorUrl, writeKey } = loadCollectorConfig(context.env, flags);
    const delivery = new CollectorDelivery({
      url: collectorUrl,
      key: writeKey,
      websiteTopic: 'web',
      onRetry,
      onRejected: (count) => metrics.rejected.inc(count),
    });
    return deliverySink(delivery, { web: 'web', purchase: 'purchase' });
  }
  const config = loadDeliveryConfig(context.env);
  const kafka = createKafka({ ...kafkaOptionsFrom(config, 'ebb-simulator'), retries: CLIENT_RETRIES });
  const delivery = new KafkaDelivery(kafka, { onRetry });
  context.releasers.add('producer', () => delivery.close());
  return deliverySink(delivery, { web: config.websiteTopic, purchase: config.purchaseTopic });
}

function logPlan(context: MainContext, options: SimulationOptions, simulation: Simulation): void {
  context.logger.info({
    event: 'simulating',
    world: options.kind,
    seed: options.seed,
    start: new Date(options.startMs).toISOString(),
    customers: options.customers,
    purchasesPerDay: Math.round(options.purchasesPerDay),
    meanLambdaPerDay: simulation.world.population.meanLambda,
    fulfilmentSeconds: options.fulfilmentMs / 1_000,
  });
}

/** Beside the events: at --truth, else next to --out, else in the stack's home. Events matter more than this file. */
function keepTruth(
  context: MainContext,
  flags: SimulateFlags,
  simulation: Simulation,
  options: SimulationOptions,
): void {
  if (flags.truth === null && flags.out === '-') return;
  const beside =
    flags.out === null ? join(loadHome(context.env), 'simulator', 'truth.parquet') : `${flags.out}.truth.parquet`;
  const path = flags.truth ?? beside;
  try {
    writeTruth(path, simulation.world.population, options, simulation.lastMs);
  } catch (error) {
    context.logger.warn({ event: 'truth_not_written', path, message: errorMessage(error) });
  }
}
