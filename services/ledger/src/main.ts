import { runMain, startHealthServer } from '@ebb/runtime';
import { buildCommand, isCommand } from './commands/commands.ts';
import { loadLedgerConfig } from './config.ts';
import { createLedger, SERVICE_NAME } from './create-ledger.ts';
import { createLedgerMetrics } from './metrics.ts';
import { LedgerService } from './service.ts';

const isTool = isCommand(process.argv.slice(2));

await runMain({
  name: SERVICE_NAME,
  logTo: isTool ? 'stderr' : 'stdout',
  build: async (context) => {
    if (isTool) return buildCommand(context);
    const { logger, metrics, env, releasers } = context;
    const config = loadLedgerConfig(env);
    const service = new LedgerService({
      ledger: createLedger(config, { logger, releasers }),
      metrics: createLedgerMetrics(metrics),
      logger,
      cycleMs: config.cycleSeconds * 1000,
      isRepairing: config.repair,
    });
    const isReady = () => service.readiness();
    const health = await startHealthServer({ host: config.host, port: config.port, metrics, isReady });
    releasers.add('health', () => health.close());
    logger.info({ event: 'listening', port: health.port });
    return service;
  },
});
