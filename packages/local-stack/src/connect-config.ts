export interface WorkerLayout {
  port: number;
  kafkaBrokers: string;
  /** Workers of one group share connectors; the names of the worker's topics begin with it. */
  groupId?: string | undefined;
}

/** Variables of the worker's environment a connector's settings may refer to as `${env:NAME}`. */
export const CONNECT_SECRET_PREFIX = 'EBB_CONNECT_SECRET_';

/** `worker.properties` of Kafka Connect for one machine: one worker, one replica, values as JSON without schema. */
export function workerProperties(layout: WorkerLayout): string {
  const group = layout.groupId ?? 'ebb-connect';
  const settings: Record<string, string | number | boolean> = {
    'bootstrap.servers': layout.kafkaBrokers,
    'group.id': group,
    listeners: `http://127.0.0.1:${layout.port}`,
    'rest.advertised.host.name': '127.0.0.1',
    'rest.advertised.port': layout.port,
    'offset.storage.topic': `${group}-offsets`,
    'offset.storage.partitions': 1,
    'offset.storage.replication.factor': 1,
    'config.storage.topic': `${group}-config`,
    'config.storage.replication.factor': 1,
    'status.storage.topic': `${group}-status`,
    'status.storage.partitions': 1,
    'status.storage.replication.factor': 1,
    // What a worker sent and not yet noted is sent again after kill -9: at most this long a stretch.
    'offset.flush.interval.ms': 5_000,
    'offset.flush.timeout.ms': 10_000,
    // There is no other worker whose return would be worth waiting for.
    'scheduled.rebalance.max.delay.ms': 0,
    // A killed worker is still a member: the next one waits for this before it gets the connectors.
    'session.timeout.ms': 6_000,
    'heartbeat.interval.ms': 2_000,
    'connector.client.config.override.policy': 'All',
    'plugin.discovery': 'service_load',
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
    'config.providers.env.param.allowlist.pattern': `${CONNECT_SECRET_PREFIX}.*`,
    ...jsonConverter('key'),
    ...jsonConverter('value'),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function jsonConverter(part: 'key' | 'value'): Record<string, string | boolean> {
  return {
    [`${part}.converter`]: 'org.apache.kafka.connect.json.JsonConverter',
    [`${part}.converter.schemas.enable`]: false,
  };
}
