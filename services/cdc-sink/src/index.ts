export { loadSinkConfig, type SinkConfig, sinkOptions } from './config.ts';
export { createSink, DEFAULT_TOPICS, type SinkContext, type TableParts, type TopicNames } from './create-sink.ts';
export { Sink } from './service.ts';
