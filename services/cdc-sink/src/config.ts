import {
  clickhouseOptions,
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

export const sinkOptions = {
  ...commonOptions,
  ...kafkaOptions,
  ...postgresOptions,
  ...clickhouseOptions,
  port: portOption('EBB_CDC_SINK_PORT', 8094, 'health and metrics of the sink'),
  webGroup: option('EBB_CDC_SINK_WEB_GROUP', envText(), {
    description: 'consumer group of web events; instances with the same name share the partitions',
    default: 'ebb-cdc-sink-web',
  }),
  capturedGroup: option('EBB_CDC_SINK_CAPTURED_GROUP', envText(), {
    description: 'consumer group of captured changes',
    default: 'ebb-cdc-sink-captured',
  }),
  batchRows: option('EBB_CDC_SINK_BATCH_ROWS', envInteger({ min: 1, max: 1_000_000 }), {
    description: 'rows of a topic that are stored at once, without waiting for more',
    default: '40000',
  }),
  batchMb: option('EBB_CDC_SINK_BATCH_MB', envInteger({ min: 1, max: 256 }), {
    description: 'the same in megabytes of all topics of a lane; twice as much may wait in all',
    default: '8',
  }),
  lingerMs: option('EBB_CDC_SINK_LINGER_MS', envInteger({ min: 0, max: 5_000 }), {
    description: 'rows that come after a pause wait so long for company, ms',
    default: '100',
  }),
  busyMs: option('EBB_CDC_SINK_BUSY_MS', envInteger({ min: 0, max: 10_000 }), {
    description: 'least time between two inserts into a table while many rows come, ms',
    default: '400',
  }),
  sparseMs: option('EBB_CDC_SINK_SPARSE_MS', envInteger({ min: 0, max: 10_000 }), {
    description: 'least time between two inserts into a table while few rows come, ms',
    default: '900',
  }),
  stallSeconds: option('EBB_CDC_SINK_STALL_SECONDS', envInteger({ min: 5 }), {
    description: 'a partition with waiting messages that does not move for so long ends the process, s',
    default: '60',
  }),
};

export type SinkConfig = ConfigOf<typeof sinkOptions>;

export function loadSinkConfig(env: Environment): SinkConfig {
  return loadConfig(sinkOptions, env, [saslRule]);
}
