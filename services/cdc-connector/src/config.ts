import {
  commonOptions,
  type ConfigOf,
  envEnum,
  type Environment,
  envInteger,
  envText,
  envUrl,
  kafkaOptions,
  loadConfig,
  option,
  portOption,
  postgresOptions,
  saslRule,
} from '@ebb/config';

/** The database as the Connect worker reaches it; by default as this service does. */
const databaseOptions = {
  databaseHost: option('EBB_CDC_DATABASE_HOST', envText({ min: 0 }), {
    description: 'host of Postgres as Kafka Connect reaches it; empty: that of EBB_POSTGRES_URL',
    default: '',
  }),
  databasePort: option('EBB_CDC_DATABASE_PORT', envInteger({ min: 0, max: 65_535 }), {
    description: 'port of Postgres as Kafka Connect reaches it; 0: that of EBB_POSTGRES_URL',
    default: '0',
  }),
  databaseLogin: option('EBB_CDC_DATABASE_LOGIN', envText({ min: 0 }), {
    description: 'how the worker finds the password, such as ${env:NAME}; empty: the password itself is sent to it',
    default: '',
  }),
  databaseSslMode: option(
    'EBB_CDC_DATABASE_SSLMODE',
    envEnum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']),
    {
      description: 'TLS between Connect and Postgres',
      default: 'prefer',
    },
  ),
  connectKafkaBrokers: option('EBB_CDC_KAFKA_BROKERS', envText({ min: 0 }), {
    description: 'brokers the connector writes to where they differ from those of its worker; empty: the same',
    default: '',
  }),
};

const topicOptions = {
  partitions: option('EBB_TOPIC_PARTITIONS', envInteger({ min: 1, max: 1_000 }), {
    description: 'partitions of each topic of a captured table',
    default: '6',
  }),
  retentionDays: option('EBB_TOPIC_RETENTION_DAYS', envInteger({ min: 1, max: 3_650 }), {
    description: 'days a topic of a captured table keeps its changes',
    default: '7',
  }),
  replicationFactor: option('EBB_TOPIC_REPLICATION', envInteger({ min: 1, max: 10 }), {
    description: 'copies of each topic',
    default: '1',
  }),
};

const paceOptions = {
  maxBatchSize: option('EBB_CDC_MAX_BATCH', envInteger({ min: 1, max: 100_000 }), {
    description: 'most changes the connector hands to Kafka at once',
    default: '8192',
  }),
  maxQueueSize: option('EBB_CDC_MAX_QUEUE', envInteger({ min: 2, max: 1_000_000 }), {
    description: 'most changes waiting inside the connector',
    default: '32768',
  }),
  maxQueueMegabytes: option('EBB_CDC_MAX_QUEUE_MB', envInteger({ min: 1, max: 65_536 }), {
    description: 'most megabytes waiting inside the connector',
    default: '128',
  }),
  pollIntervalMs: option('EBB_CDC_POLL_MS', envInteger({ min: 1, max: 10_000 }), {
    description: 'how often the connector looks for changes, ms: 20 costs 6 % of an idle core, 500 costs 1 %',
    default: '100',
  }),
  heartbeatMs: option('EBB_CDC_HEARTBEAT_MS', envInteger({ min: 100, max: 600_000 }), {
    description: 'how often the heartbeat row is updated, ms',
    default: '2000',
  }),
  chunkSize: option('EBB_CDC_SNAPSHOT_CHUNK', envInteger({ min: 1, max: 1_000_000 }), {
    description: 'rows of one step of an incremental snapshot',
    default: '4096',
  }),
  compression: option('EBB_CDC_COMPRESSION', envEnum(['none', 'gzip', 'lz4']), {
    description: 'compression of change messages',
    default: 'lz4',
  }),
};

const watchOptions = {
  checkMs: option('EBB_CDC_CHECK_MS', envInteger({ min: 100, max: 600_000 }), {
    description: 'how often everything is looked at and repaired, ms',
    default: '2000',
  }),
  lagWarnMegabytes: option('EBB_CDC_LAG_WARN_MB', envInteger({ min: 1 }), {
    description: 'megabytes of log behind which the slot is reported, MB',
    default: '512',
  }),
  heartbeatWarnSeconds: option('EBB_CDC_HEARTBEAT_WARN_SECONDS', envInteger({ min: 1 }), {
    description: 'age of the heartbeat that is reported, s',
    default: '30',
  }),
  snapshotWarnMinutes: option('EBB_CDC_SNAPSHOT_WARN_MINUTES', envInteger({ min: 1 }), {
    description: 'age of an unfinished snapshot that is reported, min',
    default: '60',
  }),
  restartDelaySeconds: option('EBB_CDC_RESTART_MAX_SECONDS', envInteger({ min: 1, max: 3_600 }), {
    description: 'longest pause between restarts of a failed task, s',
    default: '60',
  }),
  minimumEpoch: option('EBB_CDC_MIN_EPOCH', envInteger({ min: 1, max: 65_535 }), {
    description: 'lowest epoch in use; raise it by hand after a restore that lost ops.cdc_epochs',
    default: '1',
  }),
};

export const connectorOptions = {
  ...commonOptions,
  ...kafkaOptions,
  ...postgresOptions,
  ...databaseOptions,
  ...topicOptions,
  ...paceOptions,
  ...watchOptions,
  connectUrl: option('EBB_CONNECT_URL', envUrl(['http', 'https']), { description: 'REST address of Kafka Connect' }),
  port: portOption('EBB_CDC_CONNECTOR_PORT', 8085, 'schemas, health and metrics of the connector service'),
};

export type ConnectorConfig = ConfigOf<typeof connectorOptions>;

export function loadConnectorConfig(env: Environment): ConnectorConfig {
  return loadConfig(connectorOptions, env, [saslRule]);
}
