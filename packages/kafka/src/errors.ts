/** Everything this package raises on purpose. */
export type KafkaErrorCode =
  | 'PRODUCE_FAILED'
  | 'TOPIC_MISMATCH'
  | 'TOPIC_FAILED'
  | 'CONSUMER_STALLED'
  | 'CONSUMER_FAILED'
  | 'PARTITION_UNKNOWN'
  | 'READ_FAILED'
  | 'BATCH_DAMAGED';
