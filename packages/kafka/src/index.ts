export { type Bounds, BoundsReader, type ReadBounds } from './bounds-reader.ts';
export { createKafka, type KafkaHandle, type KafkaLogSink, type KafkaOptions, kafkaOptionsFrom } from './client.ts';
export type { ConsumedMessage, MessageChunk } from './consumed-message.ts';
export {
  type ChunkControl,
  type ConsumerHandlers,
  type ConsumerOptions,
  createConsumer,
  type GroupConsumer,
  type TopicPartition,
} from './consumer.ts';
export type { KafkaErrorCode } from './errors.ts';
export { LogBounds } from './log-bounds.ts';
export { type KeyedMessage, type OffsetRange, readRanges } from './read-ranges.ts';
export { bridgeGap, type GapActions } from './bridge-gap.ts';
export { PartitionQueue, type PushOutcome, type Slice } from './partition-queue.ts';
export {
  createProducer,
  type OutgoingMessage,
  type Producer,
  type ProducerOptions,
  type TopicBatch,
} from './producer.ts';
export {
  deleteTopics,
  ensureTopics,
  type PartitionOffsets,
  type TopicDefinition,
  topicOffsets,
  type TopicsOutcome,
} from './topics.ts';
export { type PartitionPace, StallWatch } from './stall-watch.ts';
export { STEADY_FETCH } from './steady-fetch.ts';
