import { createLogger, createMetrics, type Logger } from '@ebb/runtime';
import { createSinkMetrics, type LaneMetrics } from '../metrics.ts';

export const quietLogger: Logger = createLogger({ name: 'test', level: 'silent' });

/** Metrics that nobody reads. */
export function quietMetrics(): LaneMetrics {
  return createSinkMetrics(createMetrics('cdc-sink'), () => Date.now()).lane('test');
}
