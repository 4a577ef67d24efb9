import type { ConsumerOptions } from './consumer.ts';

const MIB = 1024 ** 2;

/** How a service that follows topics for ever fetches; measured at full speed, see the services' benchmarks. */
export const STEADY_FETCH: Pick<
  ConsumerOptions,
  'maxBytesPerPartition' | 'maxBytes' | 'maxWaitMs' | 'sessionTimeoutMs' | 'giveUpAfterMs'
> = {
  // The driver holds a fetch several times over; bigger ones bring memory up, not speed.
  maxBytesPerPartition: MIB / 2,
  maxBytes: 3 * MIB,
  // A stop waits for the fetch under way, so this is also what it may take.
  maxWaitMs: 250,
  // A consumer that was killed keeps its partitions for so long; the least that brokers allow by default.
  sessionTimeoutMs: 6_000,
  giveUpAfterMs: 300_000,
};
