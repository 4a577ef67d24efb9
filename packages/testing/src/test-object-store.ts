import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyFreePort, OBJECT_STORE_BUCKET, startObjectStore } from '@ebb/local-stack';
import { createObjectStore, type ObjectStore } from '@ebb/object-store';
import { disposeAfterFile } from './disposal.ts';

export interface TestObjectStore {
  url: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
  store: ObjectStore;
  /** The folder in which the server keeps its files. */
  dataDir: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data, after `kill`. */
  start(): Promise<void>;
}

/** An S3 server of the test's own with an empty bucket; it ends after the file. Two seconds, 110 MB: one per file. */
export async function testObjectStore(): Promise<TestObjectStore> {
  const directory = await mkdtemp(join(tmpdir(), 'ebb-test-objects-'));
  const port = await anyFreePort();
  const login = { accessKey: 'ebb-test', secretKey: randomBytes(16).toString('hex') };
  const dataDir = join(directory, 'data');
  const launch = () => startObjectStore({ dataDir, port, login, logFile: join(directory, 'log') });
  let server = await launch();
  disposeAfterFile(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  const at = { url: server.url, ...login, bucket: OBJECT_STORE_BUCKET };
  return {
    ...at,
    dataDir,
    store: createObjectStore(at),
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    start: async () => {
      server = await launch();
    },
  };
}
