import {
  commonOptions,
  type ConfigOf,
  type Environment,
  envInteger,
  envText,
  kafkaOptions,
  loadConfig,
  option,
  portOption,
  postgresOptions,
  saslRule,
} from '@ebb/config';

const MEGABYTE = 1_000_000;

export const collectorOptions = {
  ...commonOptions,
  ...kafkaOptions,
  ...postgresOptions,
  port: portOption('EBB_COLLECTOR_PORT', 8090, 'port of the HTTP API; 0 takes a free one'),
  demoShopKey: option('EBB_DEMO_SHOP_KEY', envText({ min: 0 }), {
    description: 'write key handed to visitors of the demo shop; empty shows how to make one',
    default: '',
    secret: true,
  }),
  maxInFlightRequests: option('EBB_COLLECTOR_MAX_IN_FLIGHT_REQUESTS', envInteger({ min: 1 }), {
    description: 'event requests under way at once; more are answered 503',
    default: '512',
  }),
  maxInFlightBytes: option('EBB_COLLECTOR_MAX_IN_FLIGHT_BYTES', envInteger({ min: MEGABYTE }), {
    description: 'bytes of bodies held until Kafka acknowledged them; more are answered 503',
    default: String(32 * MEGABYTE),
  }),
  maxConnections: option('EBB_COLLECTOR_MAX_CONNECTIONS', envInteger({ min: 1 }), {
    description: 'open connections; further ones are closed at once',
    default: '2000',
  }),
  requestTimeoutMs: option('EBB_COLLECTOR_REQUEST_TIMEOUT_MS', envInteger({ min: 100 }), {
    description: 'time a client has to send its headers and its whole request, each',
    default: '15000',
  }),
  produceTimeoutMs: option('EBB_COLLECTOR_PRODUCE_TIMEOUT_MS', envInteger({ min: 100 }), {
    description: 'longest wait for the acknowledgement of Kafka before 503',
    default: '10000',
  }),
  deadLettersPerMinute: option('EBB_COLLECTOR_DEAD_LETTERS_PER_MINUTE', envInteger({ min: 0 }), {
    description: 'rejected events kept as dead letters per write key and minute; further ones are only counted',
    default: '1000',
  }),
  settingsRefreshMs: option('EBB_COLLECTOR_SETTINGS_REFRESH_MS', envInteger({ min: 100, max: 5_000 }), {
    description: 'how often write keys and policies are read again; a revoked key may live this long plus one read',
    default: '2000',
  }),
};

export type CollectorConfig = ConfigOf<typeof collectorOptions>;

export function loadCollectorConfig(env: Environment): CollectorConfig {
  return loadConfig(collectorOptions, env, [saslRule]);
}
