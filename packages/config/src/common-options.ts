import { envEnum, envFlag, envInteger, envList, envText, envUrl } from './env-types.ts';
import { type Option, option } from './load-config.ts';

export const commonOptions = {
  logLevel: option('EBB_LOG_LEVEL', envEnum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']), {
    description: 'least severe level that is logged',
    default: 'info',
  }),
  host: option('EBB_HOST', envText(), { description: 'address to listen on', default: '127.0.0.1' }),
};

export const postgresOptions = {
  postgresUrl: option('EBB_POSTGRES_URL', envUrl(['postgres', 'postgresql']), {
    description: 'Postgres connection of this service',
    secret: true,
  }),
};

export const clickhouseOptions = {
  clickhouseUrl: option('EBB_CLICKHOUSE_URL', envUrl(['http', 'https']), {
    description: 'ClickHouse connection of this service, http://user:password@host:8123',
    secret: true,
  }),
};

export const objectStoreOptions = {
  objectStoreUrl: option('EBB_OBJECT_STORE_URL', envUrl(['http', 'https']), {
    description: 'S3 server that holds the files, http://host:9000',
  }),
  objectStoreAccessKey: option('EBB_OBJECT_STORE_ACCESS_KEY', envText(), {
    description: 'access key of the S3 server',
  }),
  objectStoreSecretKey: option('EBB_OBJECT_STORE_SECRET_KEY', envText(), {
    description: 'secret key of the S3 server',
    secret: true,
  }),
  objectStoreBucket: option('EBB_OBJECT_STORE_BUCKET', envText(), {
    description: 'bucket of the files',
    default: 'ebb',
  }),
  objectStoreRegion: option('EBB_OBJECT_STORE_REGION', envText(), {
    description: 'region of the bucket',
    default: 'us-east-1',
  }),
};

export const kafkaOptions = {
  kafkaBrokers: option('EBB_KAFKA_BROKERS', envList(), { description: 'Kafka brokers, host:port, comma-separated' }),
  kafkaSsl: option('EBB_KAFKA_SSL', envFlag(), { description: 'TLS to the brokers', default: 'off' }),
  kafkaSaslMechanism: option('EBB_KAFKA_SASL_MECHANISM', envEnum(['none', 'plain', 'scram-sha-256', 'scram-sha-512']), {
    description: 'SASL mechanism',
    default: 'none',
  }),
  kafkaSaslUsername: option('EBB_KAFKA_SASL_USERNAME', envText({ min: 0 }), { description: 'SASL user', default: '' }),
  kafkaSaslPassword: option('EBB_KAFKA_SASL_PASSWORD', envText({ min: 0 }), {
    description: 'SASL password',
    default: '',
    secret: true,
  }),
};

/** A port option; 0 asks the system for a free one. */
export function portOption(name: string, defaultPort: number, description: string): Option<number> {
  return option(name, envInteger({ min: 0, max: 65_535 }), { description, default: String(defaultPort) });
}

/** Refuses half a SASL login at the start instead of at the first reconnect. */
export function saslRule(config: {
  readonly kafkaSaslMechanism: string;
  readonly kafkaSaslUsername: string;
  readonly kafkaSaslPassword: string;
}): string | null {
  if (config.kafkaSaslMechanism === 'none') return null;
  if (config.kafkaSaslUsername !== '' && config.kafkaSaslPassword !== '') return null;
  return 'EBB_KAFKA_SASL_MECHANISM needs EBB_KAFKA_SASL_USERNAME and EBB_KAFKA_SASL_PASSWORD';
}
