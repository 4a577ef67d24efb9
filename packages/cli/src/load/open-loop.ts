import { parseArgs } from 'node:util';
import { encodeWebEvent, TOPICS } from '@ebb/contracts';
import { SeededRandom, sleep, uuidV7 } from '@ebb/core';
import { createKafka, createProducer, type OutgoingMessage } from '@ebb/kafka';
import { createOutbox, IN_FLIGHT } from './outbox.ts';

/**
 * Open-loop load: `rate` web events a second whatever the system does, in ticks of 20 ms, each event stamped with the
 * moment it is handed to the producer. A closed loop would wait for a slow system and so hide its latency
 * (coordinated omission). Prints one JSON line at the end. A program of its own, so that its CPU is not measured as
 * somebody else's.
 */
const TICK_MS = 20;

interface Summary {
  sent: number;
  acknowledged: number;
  /** Ticks that could not be sent on time because the one before was late by more than a tick. */
  lateTicks: number;
  cpuMs: number;
}

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: '' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    customers: { type: 'string', default: '200000' },
    source: { type: 'string', default: 'bench' },
    seed: { type: 'string', default: '1' },
  },
});

const random = new SeededRandom(values.seed);
const customers = Number(values.customers);
const nextUint32 = (): number => random.uint32();

function makeMessage(nowMs: number): OutgoingMessage {
  const customer = random.int(customers);
  const isView = random.bool(0.75);
  const userKey = `00000000-0000-4000-8000-${customer.toString().padStart(12, '0')}`;
  const value = encodeWebEvent({
    eventId: uuidV7(nowMs, nextUint32),
    eventTimeMs: nowMs,
    eventType: isView ? 'page_view' : 'product_view',
    userId: userKey,
    sessionId: `s-${customer}-${Math.floor(nowMs / 1_800_000)}`,
    pageUrl: `https://shop.example/category/${random.int(40)}/page/${random.int(1_000)}`,
    ...(isView ? {} : { productId: `P${random.int(200)}` }),
    deviceType: random.pick(['mobile', 'desktop', 'tablet']),
    country: 'United Kingdom',
    source: values.source,
  });
  return { key: userKey, value };
}

async function main(): Promise<Summary> {
  const kafka = createKafka({ brokers: values.brokers.split(','), clientId: 'ebb-open-loop' });
  const producer = createProducer(kafka, { idempotent: false, maxInFlight: IN_FLIGHT });
  await producer.connect();
  const summary: Summary = { sent: 0, acknowledged: 0, lateTicks: 0, cpuMs: 0 };
  const outbox = createOutbox({
    send: (messages) => producer.send(TOPICS.websiteEvents, messages),
    onAcknowledged: (events) => (summary.acknowledged += events),
  });
  const startMs = Date.now();
  const ticks = (Number(values.seconds) * 1_000) / TICK_MS;
  for (let tick = 0; tick < ticks; tick += 1) {
    const waitMs = startMs + tick * TICK_MS - Date.now();
    if (waitMs < -TICK_MS) summary.lateTicks += 1;
    // Also when late: what was made must get out before more is made.
    await sleep(Math.max(0, waitMs));
    const due = Math.floor((Number(values.rate) * (tick + 1) * TICK_MS) / 1_000) - summary.sent;
    const nowMs = Date.now();
    outbox.put(Array.from({ length: due }, () => makeMessage(nowMs)));
    summary.sent += due;
  }
  await outbox.empty();
  await producer.disconnect();
  const cpu = process.cpuUsage();
  return { ...summary, cpuMs: (cpu.user + cpu.system) / 1_000 };
}

console.log(JSON.stringify(await main()));
