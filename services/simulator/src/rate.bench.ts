import { deliveryOptions } from './config.ts';
import { hostEnvironment, loadConfig } from '@ebb/config';
import { createKafka, ensureTopics, kafkaOptionsFrom } from '@ebb/kafka';
import { CLIENT_RETRIES, KafkaDelivery } from './delivery/kafka-delivery.ts';
import { deliverySink, type MessageSink } from './delivery/message-sink.ts';
import { Simulation } from './simulation.ts';
import { testOptions } from './testing/simulation-fixture.ts';
import type { SimMessage } from './world/message.ts';

/**
 * How many messages a second one simulator makes, and makes and delivers to the broker at EBB_KAFKA_BROKERS (acks=all,
 * idempotent), with 200,000 customers; alternating runs, medians. Prints one JSON object.
 */
const RUNS = 5;
const MESSAGES = 200_000;
const CHUNK_MESSAGES = 4_000;

interface Measured {
  messagesPerSecond: number;
  /** Processor time of this process per message, µs. */
  cpuMicros: number;
}

const nowhere: MessageSink = {
  connect: () => Promise.resolve(),
  send: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

async function measure(simulation: Simulation, sink: MessageSink): Promise<Measured> {
  const signal = new AbortController().signal;
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  let count = 0;
  let sending = Promise.resolve();
  while (count < MESSAGES) {
    const chunk: SimMessage[] = [];
    simulation.advance(Number.POSITIVE_INFINITY, CHUNK_MESSAGES, chunk);
    await sending;
    sending = sink.send(chunk, signal);
    count += chunk.length;
  }
  await sending;
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedMs) / 1_000;
  return { messagesPerSecond: count / seconds, cpuMicros: (used.user + used.system) / count };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function summary(runs: readonly Measured[]): Measured {
  return {
    messagesPerSecond: Math.round(median(runs.map((run) => run.messagesPerSecond))),
    cpuMicros: Math.round(median(runs.map((run) => run.cpuMicros)) * 10) / 10,
  };
}

const config = loadConfig(deliveryOptions, hostEnvironment());
const kafka = createKafka({ ...kafkaOptionsFrom(config, 'ebb-simulator-bench'), retries: CLIENT_RETRIES });
const topics = { web: 'bench_simulator_web', purchase: 'bench_simulator_purchase' };
await ensureTopics(
  kafka,
  Object.values(topics).map((name) => ({ name, partitions: 6, replicationFactor: 1, config: {} })),
);
const delivered = deliverySink(new KafkaDelivery(kafka), topics);
await delivered.connect();
const simulation = new Simulation(testOptions({ customers: 200_000, purchasesPerDay: 870 * 86_400, count: null }));
const made: Measured[] = [];
const sent: Measured[] = [];
for (let run = 0; run < RUNS; run += 1) {
  made.push(await measure(simulation, nowhere));
  sent.push(await measure(simulation, delivered));
}
await delivered.close();
const rssMb = Math.round(process.memoryUsage.rss() / 1_000_000);
process.stdout.write(`${JSON.stringify({ made: summary(made), delivered: summary(sent), rssMb })}\n`);
