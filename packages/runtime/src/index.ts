export {
  type Document,
  type HealthServer,
  type HealthServerOptions,
  type Readiness,
  startHealthServer,
} from './health-server.ts';
export { createLogger, type Logger } from './logger.ts';
export { type Counter, createMetrics, type Gauge, type Histogram, type Metrics, type Registry } from './metrics.ts';
export { Releasers } from './releasers.ts';
export { EXIT_CONFIG, EXIT_FATAL, EXIT_OK, type MainContext, type MainOptions, runMain } from './run-main.ts';
export type { Service } from './service.ts';
