import {
  commonOptions,
  type ConfigOf,
  type Environment,
  envText,
  envUrl,
  kafkaOptions,
  loadConfig,
  option,
  portOption,
  saslRule,
} from '@ebb/config';
import { TOPICS } from '@ebb/contracts';

export const deliveryOptions = {
  ...kafkaOptions,
  websiteTopic: option('EBB_TOPIC_WEBSITE_EVENTS', envText(), {
    description: 'topic of web events',
    default: TOPICS.websiteEvents,
  }),
  purchaseTopic: option('EBB_TOPIC_PURCHASE_EVENTS', envText(), {
    description: 'topic of purchase events',
    default: TOPICS.purchaseEvents,
  }),
  deadLetterTopic: option('EBB_TOPIC_DEAD_LETTERS', envText(), {
    description: 'topic of dead letters',
    default: TOPICS.deadLetters,
  }),
};

export type DeliveryConfig = ConfigOf<typeof deliveryOptions>;

/** Settings of everything that produces to Kafka. */
export function loadDeliveryConfig(env: Environment): DeliveryConfig {
  return loadConfig(deliveryOptions, env, [saslRule]);
}

export const collectorOptions = {
  collectorUrl: option('EBB_COLLECTOR_URL', envUrl(['http', 'https']), {
    description: 'collector, for --via collector',
  }),
  writeKey: option('EBB_WRITE_KEY', envText(), { description: 'write key, for --via collector', secret: true }),
};

/** The collector's address and key; flags win over the environment. */
export function loadCollectorConfig(
  env: Environment,
  flags: { url: string | null; key: string | null },
): ConfigOf<typeof collectorOptions> {
  const url = flags.url ?? env['EBB_COLLECTOR_URL'];
  const given = { ...env, EBB_COLLECTOR_URL: url, ...(flags.key === null ? {} : { EBB_WRITE_KEY: flags.key }) };
  return loadConfig(collectorOptions, given);
}

export const serviceOptions = {
  ...commonOptions,
  port: portOption('EBB_SIMULATOR_PORT', 0, 'port of health and metrics; 0: none'),
};

/** Settings of the long-running simulators. */
export function loadServiceConfig(env: Environment): ConfigOf<typeof serviceOptions> {
  return loadConfig(serviceOptions, env);
}

export const homeOptions = {
  home: option('EBB_HOME', envText(), { description: 'directory of what a stack keeps', default: '.ebb' }),
};

export function loadHome(env: Environment): string {
  return loadConfig(homeOptions, env).home;
}
