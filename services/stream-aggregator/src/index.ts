export { type AggregatorConfig, aggregatorOptions, loadAggregatorConfig } from './config.ts';
export { type AggregatorContext, createAggregator } from './create-aggregator.ts';
export { Aggregator, DEFAULT_TOPICS, type TopicNames } from './service.ts';
