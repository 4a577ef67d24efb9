import type { ConnectorConfig } from '../config.ts';
import {
  BEAT_SQL,
  CAPTURED_OPS_TABLES,
  CAPTURED_SCHEMAS,
  EPOCH_HEADER,
  HEARTBEAT_TOPIC_PREFIX,
  NOTIFICATION_TOPIC,
  PUBLICATION,
  SIGNAL_TABLE,
  slotName,
  TOPIC_PREFIX,
} from '../names.ts';

export type ConnectorDefinition = Record<string, string>;

const DAY_MS = 86_400_000;
export const MAX_MESSAGE_BYTES = 8 * 1024 ** 2;
const JSON_CONVERTER = 'org.apache.kafka.connect.json.JsonConverter';

/** Debezium's settings for one epoch. `refused` are `schema.table` names that cannot be captured. */
export function connectorDefinition(
  config: ConnectorConfig,
  epoch: number,
  refused: readonly string[],
): ConnectorDefinition {
  return {
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'tasks.max': '1',
    'topic.prefix': TOPIC_PREFIX,
    ...databaseSettings(config),
    ...captureSettings(epoch, refused),
    ...valueSettings(),
    ...paceSettings(config),
    ...signalSettings(config),
    ...topicSettings(config),
    ...producerSettings(config),
    transforms: 'epoch',
    'transforms.epoch.type': 'org.apache.kafka.connect.transforms.InsertHeader',
    'transforms.epoch.header': EPOCH_HEADER,
    'transforms.epoch.value.literal': String(epoch),
  };
}

function databaseSettings(config: ConnectorConfig): ConnectorDefinition {
  const url = new URL(config.postgresUrl);
  return {
    'database.hostname': config.databaseHost || url.hostname,
    'database.port': String(config.databasePort || url.port || 5432),
    'database.user': decodeURIComponent(url.username),
    'database.password': config.databaseLogin || decodeURIComponent(url.password),
    'database.dbname': decodeURIComponent(url.pathname.slice(1)),
    'database.sslmode': config.databaseSslMode,
    'database.tcpKeepAlive': 'true',
  };
}

function captureSettings(epoch: number, refused: readonly string[]): ConnectorDefinition {
  return {
    'plugin.name': 'pgoutput',
    'slot.name': slotName(epoch),
    'slot.drop.on.stop': 'false',
    'publication.name': PUBLICATION,
    'publication.autocreate.mode': 'disabled',
    'table.include.list': includeList(refused),
    // An initial snapshot that is cut off is taken again at another moment: what was deleted in between is never told,
    // and what was streamed before looks newer. Tables are read by incremental snapshots, which go on where they were.
    'snapshot.mode': 'no_data',
    // Stands for a large value that is not in the log; nobody types this one.
    'unavailable.value.placeholder': '__ebb_unavailable_4f0c1d7e9b3a',
    'tombstones.on.delete': 'true',
    'skipped.operations': 'none',
    // Nobody reads them; and a table that the connector is asked to read before it sent anything would be passed over, since
    // the message about it fails (a database without a name).
    'include.schema.changes': 'false',
    // Postgres and Kafka may be away for any time.
    'errors.max.retries': '-1',
    'retriable.restart.connector.wait.ms': '2000',
    'slot.max.retries': '6',
    'slot.retry.delay.ms': '1000',
  };
}

/**
 * One expression for all schemas, so that a new table is captured at once, without a restart of the connector; names as
 * `ops.captured_tables` has them, since any other can be that of no topic.
 */
function includeList(refused: readonly string[]): string {
  const quoted = refused.map((name) => name.replaceAll(/[^\w]/g, String.raw`\$&`));
  const except = quoted.length === 0 ? '' : `(?!(?:${quoted.join('|')})$)`;
  const schemas = `${except}(?:${CAPTURED_SCHEMAS.join('|')})\\.[A-Za-z0-9_-]+`;
  return [schemas, ...CAPTURED_OPS_TABLES.map((table) => `ops\\.${table}`)].join(',');
}

function valueSettings(): ConnectorDefinition {
  return {
    'decimal.handling.mode': 'string',
    'time.precision.mode': 'isostring',
    'interval.handling.mode': 'string',
    'binary.handling.mode': 'hex',
    'hstore.handling.mode': 'json',
    'include.unknown.datatypes': 'true',
    'provide.transaction.metadata': 'false',
    'extended.headers.enabled': 'false',
    'key.converter': JSON_CONVERTER,
    'key.converter.schemas.enable': 'false',
    'value.converter': JSON_CONVERTER,
    'value.converter.schemas.enable': 'false',
    // By default a NULL becomes the default value of its column.
    'key.converter.replace.null.with.default': 'false',
    'value.converter.replace.null.with.default': 'false',
    'header.converter': 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  };
}

function paceSettings(config: ConnectorConfig): ConnectorDefinition {
  return {
    'max.batch.size': String(config.maxBatchSize),
    'max.queue.size': String(config.maxQueueSize),
    'max.queue.size.in.bytes': String(config.maxQueueMegabytes * 1024 ** 2),
    'poll.interval.ms': String(config.pollIntervalMs),
    'status.update.interval.ms': '2000',
    'heartbeat.interval.ms': String(config.heartbeatMs),
    'heartbeat.action.query': BEAT_SQL,
    'topic.heartbeat.prefix': HEARTBEAT_TOPIC_PREFIX,
  };
}

function signalSettings(config: ConnectorConfig): ConnectorDefinition {
  return {
    'signal.enabled.channels': 'source',
    'signal.data.collection': SIGNAL_TABLE,
    'incremental.snapshot.chunk.size': String(config.chunkSize),
    'incremental.snapshot.watermarking.strategy': 'insert_delete',
    'notification.enabled.channels': 'sink',
    'notification.sink.topic.name': NOTIFICATION_TOPIC,
  };
}

/**
 * For topics that Connect makes by itself, when a new table sends its first change before `tableTopics` of it are made.
 * Their times are the broker's: the time a message
 * came in, as with every topic here; the time of a commit is inside the message.
 */
function topicSettings(config: ConnectorConfig): ConnectorDefinition {
  const common = {
    'replication.factor': config.replicationFactor,
    'cleanup.policy': 'delete',
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': MAX_MESSAGE_BYTES,
  };
  const retention = config.retentionDays * DAY_MS;
  return {
    'topic.creation.groups': 'history,heartbeat,single',
    ...prefixed('topic.creation.default', { ...common, partitions: config.partitions, 'retention.ms': retention }),
    ...prefixed('topic.creation.history', {
      ...common,
      include: String.raw`cdc\.ops\.ddl_history`,
      partitions: 1,
      'retention.ms': -1,
    }),
    ...prefixed('topic.creation.heartbeat', {
      ...common,
      include: String.raw`cdc\.ops\.cdc_heartbeat,${HEARTBEAT_TOPIC_PREFIX}\..*`,
      partitions: 1,
      'retention.ms': DAY_MS,
    }),
    ...prefixed('topic.creation.single', {
      ...common,
      include: String.raw`cdc\.ops\.cdc_signals,cdc\.notifications`,
      partitions: 1,
      'retention.ms': retention,
    }),
  };
}

function producerSettings(config: ConnectorConfig): ConnectorDefinition {
  return prefixed('producer.override', {
    acks: 'all',
    'enable.idempotence': 'true',
    // Never more: on a partition that was just made, a second batch may be taken before the first one is repeated, which
    // is then refused for ever, as out of order.
    'max.in.flight.requests.per.connection': 1,
    // Longer waiting is a failure that shows; the task is then started again and sends what is not confirmed anew.
    'delivery.timeout.ms': 120_000,
    'request.timeout.ms': 30_000,
    'linger.ms': 5,
    'batch.size': 256 * 1024,
    'buffer.memory': 64 * 1024 ** 2,
    'compression.type': config.compression,
    'max.request.size': MAX_MESSAGE_BYTES,
    ...(config.connectKafkaBrokers === '' ? {} : { 'bootstrap.servers': config.connectKafkaBrokers }),
  });
}

function prefixed(prefix: string, settings: Readonly<Record<string, string | number>>): ConnectorDefinition {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${prefix}.${key}`, String(value)]));
}
