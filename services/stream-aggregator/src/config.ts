import {
  commonOptions,
  type ConfigOf,
  envInteger,
  envText,
  type Environment,
  kafkaOptions,
  loadConfig,
  option,
  portOption,
  postgresOptions,
  saslRule,
} from '@ebb/config';

export const aggregatorOptions = {
  ...commonOptions,
  ...kafkaOptions,
  ...postgresOptions,
  port: portOption('EBB_AGGREGATOR_PORT', 8091, 'health and metrics of the stream aggregator'),
  group: option('EBB_AGGREGATOR_GROUP', envText(), {
    description: 'consumer group; instances with the same name share the partitions',
    default: 'ebb-stream-aggregator',
  }),
  lanes: option('EBB_AGGREGATOR_LANES', envInteger({ min: 1, max: 16 }), {
    description: 'database connections that store side by side; a partition always uses the same one',
    default: '2',
  }),
  batchMessages: option('EBB_AGGREGATOR_BATCH_MESSAGES', envInteger({ min: 1, max: 50_000 }), {
    description: 'most messages of one transaction',
    default: '8000',
  }),
  lingerMs: option('EBB_AGGREGATOR_LINGER_MS', envInteger({ min: 0, max: 1_000 }), {
    description: 'least time between the starts of two small transactions, ms',
    default: '10',
  }),
  cacheUsers: option('EBB_AGGREGATOR_CACHE_USERS', envInteger({ min: 0 }), {
    description: 'users remembered as counted, at most twice as many; about 300 bytes each',
    default: '200000',
  }),
  stallSeconds: option('EBB_AGGREGATOR_STALL_SECONDS', envInteger({ min: 5 }), {
    description: 'a partition with waiting messages that does not move for so long ends the process, s',
    default: '60',
  }),
};

export type AggregatorConfig = ConfigOf<typeof aggregatorOptions>;

export function loadAggregatorConfig(env: Environment): AggregatorConfig {
  return loadConfig(aggregatorOptions, env, [saslRule]);
}
