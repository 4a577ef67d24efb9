export { type CollectorConfig, collectorOptions, loadCollectorConfig } from './config.ts';
export { type Collector, type CollectorDeps, createCollector } from './service.ts';
