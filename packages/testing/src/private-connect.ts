import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyFreePort, type ConnectServer, startConnect } from '@ebb/local-stack';
import { disposeAfterFile } from './disposal.ts';
import { uniqueName } from './names.ts';

/** A Kafka Connect worker of the test's own. */
export interface PrivateConnect {
  url: string;
  pid(): number;
  /** SIGKILL also waits until it is gone. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again on the same port after a SIGKILL or a stop; its state is in Kafka. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface PrivateConnectOptions {
  kafkaBrokers: readonly string[];
  /** As `${env:EBB_CONNECT_SECRET_…}` for connectors. */
  secrets?: Readonly<Record<string, string>>;
}

/** Starts a worker with a group and topics of its own; it ends after the file. */
export async function startPrivateConnect(options: PrivateConnectOptions): Promise<PrivateConnect> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-private-connect-'));
  const settings = {
    dataDir: join(directory, 'data'),
    port: await anyFreePort(),
    kafkaBrokers: options.kafkaBrokers.join(','),
    logFile: join(directory, 'connect.log'),
    groupId: uniqueName('connect'),
    heapMb: 384,
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
  };
  let server: ConnectServer = await startConnect(settings);
  disposeAfterFile(async () => {
    if (isAlive(server.pid)) process.kill(server.pid, 'SIGCONT');
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    url: server.url,
    pid: () => server.pid,
    signal: async (name) => {
      process.kill(server.pid, name);
      if (name === 'SIGKILL') await server.exited;
    },
    start: async () => {
      server = await startConnect(settings);
    },
    stop: () => server.stop(),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
