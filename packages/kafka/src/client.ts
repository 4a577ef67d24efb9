import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import type { Kafka as KafkaClient, KafkaConfig, SASLOptions } from 'kafkajs';
import { CompressionCodecs, CompressionTypes, Kafka, logLevel } from './kafkajs.ts';

/** Receives the client's own log entries; `event` names are ours to choose, so entries arrive as plain fields. */
export type KafkaLogSink = (level: 'error' | 'warn' | 'info' | 'debug', fields: Record<string, unknown>) => void;

export interface KafkaOptions {
  brokers: string[];
  clientId: string;
  ssl?: boolean;
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  onLog?: KafkaLogSink;
  /** Retries inside one call, 5 ms doubling to 1 s; 20 unless given, some 12 s in all. */
  retries?: number;
}

/** A configured client; producers, consumers and admin calls are made from it. */
export type KafkaHandle = KafkaClient;

/** The client ships neither LZ4 nor Zstandard; LZ4 is the cheap one. Frames, as Kafka's record batches want them. */
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: (encoder: { buffer: Buffer }) => Promise.resolve(compressFrameSync(encoder.buffer)),
  decompress: (buffer: Buffer) => Promise.resolve(decompressFrameSync(buffer)),
});

const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Retry delays start at 5 ms: the client's default of 300 ms turns every coordinator hiccup into a third of a second.
 */
export function createKafka(options: KafkaOptions): KafkaHandle {
  return new Kafka({
    brokers: options.brokers,
    clientId: options.clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 5, maxRetryTime: 1_000, retries: options.retries ?? 20 },
    ...(options.ssl ? { ssl: true } : {}),
    ...(options.sasl ? { sasl: options.sasl as SASLOptions } : {}),
    logLevel: options.onLog ? logLevel.WARN : logLevel.NOTHING,
    logCreator: logCreator(options.onLog),
  });
}

function logCreator(sink: KafkaLogSink | undefined): NonNullable<KafkaConfig['logCreator']> {
  const names = new Map([
    [logLevel.ERROR, 'error' as const],
    [logLevel.WARN, 'warn' as const],
    [logLevel.INFO, 'info' as const],
  ]);
  return () => (entry) => {
    const { message, error, broker, groupId, topic, partition } = entry.log as Record<string, unknown>;
    sink?.(names.get(entry.level) ?? 'debug', {
      namespace: entry.namespace,
      message,
      error,
      broker,
      groupId,
      topic,
      partition,
    });
  };
}

/** Client options from the fields every service's configuration has (`kafkaOptions` of @ebb/config). */
export function kafkaOptionsFrom(
  config: {
    readonly kafkaBrokers: string[];
    readonly kafkaSsl: boolean;
    readonly kafkaSaslMechanism: 'none' | 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly kafkaSaslUsername: string;
    readonly kafkaSaslPassword: string;
  },
  clientId: string,
  onLog?: KafkaLogSink,
): KafkaOptions {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  return {
    brokers: config.kafkaBrokers,
    clientId,
    ssl: config.kafkaSsl,
    ...(mechanism === 'none' ? {} : { sasl: { mechanism, username, password } }),
    ...(onLog ? { onLog } : {}),
  };
}
