import { resolve } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { MAIL_CATCHER_MAIN } from '@ebb/mail-catcher';
import { type ExitInfo, spawnLogged } from './child.ts';
import { LocalStackError } from './errors.ts';
import { listensOn } from './listening.ts';
import { waitUntilReady } from './ready.ts';

export interface MailCatcherOptions {
  /** Holds one `.eml` file per mail; created when it is not there. */
  dataDir: string;
  /** Of the page and the API. */
  port: number;
  smtpPort: number;
  logFile: string;
  nodeOptions?: readonly string[];
  startTimeoutMs?: number;
  signal?: AbortSignal;
}

export interface MailCatcher {
  pid: number;
  exited: Promise<ExitInfo>;
  stop(): Promise<void>;
}

/** Starts a mail server on 127.0.0.1 that takes every mail, shows it, and sends none on. */
export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const child = await spawnLogged({
    command: process.execPath,
    args: [...(options.nodeOptions ?? []), MAIL_CATCHER_MAIN],
    logFile: options.logFile,
    env: {
      ...hostEnvironment(),
      EBB_HOST: '127.0.0.1',
      EBB_MAIL_PORT: String(options.port),
      EBB_MAIL_SMTP_PORT: String(options.smtpPort),
      EBB_MAIL_DATA_DIR: resolve(options.dataDir),
    },
  });
  await waitUntilReady({
    name: 'the mail catcher',
    child,
    logFile: options.logFile,
    timeoutMs: options.startTimeoutMs ?? 120_000,
    signal: options.signal,
    probe: async () => {
      const response = await fetch(`http://127.0.0.1:${options.port}/readyz`, { signal: AbortSignal.timeout(5_000) });
      if (listensOn(child.pid, options.port) === false) {
        throw new LocalStackError('NOT_OURS', `another program answers on 127.0.0.1:${options.port}`);
      }
      if (!response.ok) throw new LocalStackError('NOT_READY', `the mail catcher answers ${response.status}`);
    },
  });
  return {
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop({ signal: 'SIGTERM', graceMs: 10_000 });
    },
  };
}
