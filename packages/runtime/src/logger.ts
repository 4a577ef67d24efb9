import { type LoggerOptions, pino } from 'pino';

export type Logger = pino.Logger;

/**
 * JSON lines on standard output, or on standard error where standard output carries the program's own result. Log
 * objects carry a stable `event` name and fields, never payloads or keys; the paths below are a second line of defence.
 */
export function createLogger(options: { name: string; level: string; logTo?: 'stdout' | 'stderr' }): Logger {
  const settings: LoggerOptions = {
    name: options.name,
    level: options.level,
    base: { service: options.name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['authorization', 'key', 'writeKey', 'password', '*.authorization', '*.password'], remove: true },
  };
  return options.logTo === 'stderr' ? pino(settings, pino.destination(2)) : pino(settings);
}
