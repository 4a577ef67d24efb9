/**
 * The baselines of drain.bench.ts: the same client on the same topic, `discard` or `raw`. `raw` parses JSON and stores raw
 * rows alone: the same statement and table shape as the service, two lanes, no positions, no KPIs, no acceptance rules.
 * Prints `begin` at the first chunk and `end` when all events are through, then waits to be stopped.
 */
import { DEFAULT_POLICY, PolicyBook, webEventDigest } from '@ebb/contracts';
import { hostEnvironment } from '@ebb/config';
import { createConsumer, createKafka, type MessageChunk } from '@ebb/kafka';
import { connectClient } from '@ebb/postgres';
import { runMain } from '@ebb/runtime';
import { BatchDecoder } from '../src/decode.ts';
import { PartitionsStore } from '../src/partitions-store.ts';
import { RawStore } from '../src/raw-store.ts';
import type { WebRow } from '../src/types.ts';

const MIB = 1024 ** 2;
const BATCH = 8_000;
const [mode = 'discard', topic = '', wanted = '0'] = process.argv.slice(2);
const env = hostEnvironment();
let left = Number(wanted);
let hasBegun = false;

const consumer = createConsumer(
  createKafka({ brokers: (env['EBB_KAFKA_BROKERS'] ?? '').split(','), clientId: 'bench' }),
  {
    groupId: `bench-${mode}-${topic}`,
    topics: [topic],
    maxBytesPerPartition: 1 * MIB,
    maxBytes: 4 * MIB,
    maxWaitMs: 250,
    sessionTimeoutMs: 15_000,
    concurrency: 64,
    giveUpAfterMs: 60_000,
  },
);

function done(count: number): void {
  left -= count;
  if (left === 0) process.stdout.write('end\n');
}

/** A message as it comes, without rules: what any consumer has to do. */
function parse(chunk: MessageChunk): WebRow[] {
  return chunk.messages.map(({ value, offset, timestampMs }) => {
    const wire = JSON.parse(value?.toString() ?? '') as Record<string, string | undefined>;
    const eventTimeMs = Date.parse(wire['event_timestamp'] ?? '');
    const userKey = wire['user_id'] ?? wire['anonymous_id'] ?? '';
    return {
      partition: chunk.partition,
      offset,
      kafkaTimeMs: timestampMs,
      digest: webEventDigest({ source: 'shop', day: '', userKey, eventId: wire['event_id'] ?? '' }),
      event: {
        source: wire['source'] ?? 'shop',
        userKey,
        eventId: wire['event_id'] ?? '',
        eventTimeMs,
        day: '',
        eventType: wire['event_type'] ?? '',
        userId: wire['user_id'] ?? null,
        anonymousId: wire['anonymous_id'] ?? null,
        sessionId: wire['session_id'] ?? null,
        pageUrl: wire['page_url'] ?? null,
        productId: wire['product_id'] ?? null,
        orderId: wire['order_id'] ?? null,
        deviceType: wire['device_type'] ?? null,
        searchQuery: wire['search_query'] ?? null,
        referrer: null,
        utmSource: null,
        utmMedium: null,
        utmCampaign: null,
        country: null,
        properties: null,
        extra: null,
        schemaVersion: 1,
      },
    };
  });
}

/** Stores what has come in, at most BATCH rows at a time; fetching waits when two batches are waiting. */
class RawLane {
  readonly #client = connectClient({ url: env['EBB_POSTGRES_URL'] ?? '', applicationName: 'bench raw' });
  readonly #store = new RawStore();
  readonly #partitions = new PartitionsStore();
  #rows: WebRow[] = [];
  #storing: Promise<void> = Promise.resolve();

  async push(rows: WebRow[]): Promise<void> {
    this.#rows.push(...rows);
    const before = this.#storing;
    this.#storing = before.then(() => this.#store_());
    await before;
  }

  async #store_(): Promise<void> {
    const client = await this.#client;
    while (this.#rows.length > 0) {
      const batch = this.#rows.splice(0, BATCH);
      await this.#partitions.ensure(
        client,
        new Set(batch.map((row) => Math.floor(row.event.eventTimeMs / 86_400_000))),
      );
      await client.query('BEGIN');
      await this.#store.insert(client, batch, []);
      await client.query('COMMIT');
      done(batch.length);
    }
  }
}

const lanes = mode === 'raw' ? [new RawLane(), new RawLane()] : [];
const decoderKept = mode === 'accept' ? new PolicyBook([DEFAULT_POLICY]) : null;

const run = (): Promise<void> =>
  consumer.run({
    onAssigned: () => {},
    onChunk: async (chunk) => {
      if (!hasBegun) process.stdout.write('begin\n');
      hasBegun = true;
      if (mode === 'raw') await lanes[chunk.partition % 2]?.push(parse(chunk));
      else if (mode === 'parse') parse(chunk);
      else if (decoderKept !== null) {
        const decoder = new BatchDecoder(decoderKept, 0);
        for (const message of chunk.messages) decoder.add('website', chunk, message);
      }
      if (mode !== 'raw') done(chunk.messages.length);
    },
  });

await runMain({ name: 'baseline', build: () => Promise.resolve({ run, stop: () => consumer.stop() }) });
