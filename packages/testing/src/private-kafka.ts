import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyFreePort, type KafkaServer, startKafka } from '@ebb/local-stack';
import { disposeAfterFile } from './disposal.ts';

/** A broker of the test's own, for tests that stop, freeze or kill it. */
export interface PrivateKafka {
  brokers: string[];
  /** Sends a signal to the broker; SIGKILL also waits until it is gone. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again on the same port and data after a SIGKILL. */
  start(): Promise<void>;
}

/** Starts a broker beside the shared one; it ends after the file. */
export async function startPrivateKafka(): Promise<PrivateKafka> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-private-kafka-'));
  const options = {
    dataDir: join(directory, 'data'),
    port: await anyFreePort(),
    controllerPort: await anyFreePort(),
    logFile: join(directory, 'kafka.log'),
    heapMb: 256,
  };
  let server: KafkaServer = await startKafka(options);
  disposeAfterFile(async () => {
    if (isAlive(server.pid)) process.kill(server.pid, 'SIGCONT');
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    brokers: [server.brokers],
    signal: async (name) => {
      process.kill(server.pid, name);
      if (name === 'SIGKILL') await server.exited;
    },
    start: async () => {
      server = await startKafka(options);
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
