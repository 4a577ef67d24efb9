import './record-batches.ts';
import './record-headers.ts';
import './request-queue.ts';
import kafkajs from 'kafkajs';

/**
 * The driver's values. It is a CommonJS module whose exports Node cannot see by name, so only its default import works;
 * types are imported from 'kafkajs' where they are used.
 */
export const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, KafkaJSError, logLevel, Partitioners } =
  kafkajs;
