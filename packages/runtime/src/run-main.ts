import { commonOptions, type Environment, hostEnvironment, loadConfig } from '@ebb/config';
import { errorMessage, isEbbError, toError } from '@ebb/core';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { Releasers } from './releasers.ts';
import type { Service } from './service.ts';

export interface MainContext {
  logger: Logger;
  metrics: Metrics;
  env: Environment;
  /** Command-line arguments after the script. */
  args: string[];
  releasers: Releasers;
}

export interface MainOptions {
  name: string;
  build: (context: MainContext) => Promise<Service>;
  /** Tools whose standard output is data log to standard error. */
  logTo?: 'stdout' | 'stderr';
  /** Hard deadline of a stop, below any supervisor's own. */
  stopTimeoutMs?: number;
}

export const EXIT_OK = 0;
export const EXIT_FATAL = 1;
export const EXIT_CONFIG = 2;

const DEFAULT_STOP_TIMEOUT_MS = 20_000;

/**
 * The one place that ends a process. Builds the service, runs it until it ends or a signal arrives, then drains,
 * stops and releases in reverse order. Exit code 0: ended or was stopped; 1: fatal; 2: configuration.
 */
export async function runMain(options: MainOptions): Promise<void> {
  const env = hostEnvironment();
  const logger = buildLogger(options, env);
  const releasers = new Releasers();
  const context: MainContext = {
    logger,
    metrics: createMetrics(options.name),
    env,
    args: process.argv.slice(2),
    releasers,
  };
  const deadlineMs = options.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS;
  const code = await runUntilStopped(options, context, deadlineMs);
  for (const failure of await withDeadline(releasers.releaseAll(), deadlineMs, [])) {
    logger.warn({ event: 'release_failed', ...failure });
  }
  logger.info({ event: 'exited', code });
  logger.flush();
  process.exit(code);
}

async function runUntilStopped(options: MainOptions, context: MainContext, deadlineMs: number): Promise<number> {
  const { logger } = context;
  const stopSignal = nextSignal();
  try {
    const service = await Promise.race([options.build(context), stopSignal]);
    if (typeof service === 'string') return EXIT_OK;
    const running = service.run();
    running.catch(() => {});
    const outcome = await Promise.race([running, stopSignal, unhandledFailure()]);
    if (typeof outcome === 'string') logger.info({ event: 'stopping', signal: outcome });
    const stopped = await withDeadline(stopService(service, running), deadlineMs, false);
    if (!stopped) logger.error({ event: 'stop_timed_out', deadlineMs });
    return stopped ? EXIT_OK : EXIT_FATAL;
  } catch (error) {
    const isConfig = isEbbError(error, 'CONFIG_INVALID');
    // A tool at a terminal is read by a person, and what it raises on purpose is written for one.
    if (options.logTo === 'stderr' && process.stderr.isTTY && isEbbError(error)) {
      process.stderr.write(`${errorMessage(error)}\n`);
    } else {
      logger.fatal({
        event: 'failed',
        message: errorMessage(error),
        stack: isConfig ? undefined : toError(error).stack,
      });
    }
    return isConfig ? EXIT_CONFIG : EXIT_FATAL;
  }
}

async function stopService(service: Service, running: Promise<void>): Promise<true> {
  await service.drain?.();
  await service.stop();
  await running;
  return true;
}

/** Resolves with the first SIGTERM or SIGINT; later ones are ignored, the stop is already under way. */
function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => resolve(signal));
  });
}

/** A rejection nobody awaits leaves state unknown: better to stop and be restarted. */
function unhandledFailure(): Promise<never> {
  return new Promise((_, reject) => {
    process.on('unhandledRejection', (reason) => reject(toError(reason)));
    process.on('uncaughtException', (error) => reject(error));
  });
}

async function withDeadline<T>(work: Promise<T>, timeoutMs: number, fallback: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(fallback), timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}

function buildLogger(options: MainOptions, env: Environment): Logger {
  const common = { name: options.name, logTo: options.logTo ?? 'stdout' };
  try {
    return createLogger({ ...common, level: loadConfig({ logLevel: commonOptions.logLevel }, env).logLevel });
  } catch {
    // The service's own configuration reports the bad level; that report needs a logger.
    return createLogger({ ...common, level: 'info' });
  }
}
