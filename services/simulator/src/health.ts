import { type MainContext, startHealthServer } from '@ebb/runtime';
import { loadServiceConfig } from './config.ts';

/** Health and metrics of a long-running simulator, where a port is set. */
export async function startHealth(context: MainContext, isConnected: () => boolean): Promise<void> {
  const { host, port } = loadServiceConfig(context.env);
  if (port === 0) return;
  const isReady = (): { ready: boolean; reasons: string[] } =>
    isConnected() ? { ready: true, reasons: [] } : { ready: false, reasons: ['not connected yet'] };
  const server = await startHealthServer({ host, port, metrics: context.metrics, isReady });
  context.releasers.add('health server', () => server.close());
}
