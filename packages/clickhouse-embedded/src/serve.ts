import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MainContext, Service } from '@ebb/runtime';
import type { NamedCollections } from './engine-config.ts';
import { Engine } from './engine.ts';
import { Front } from './http-server.ts';
import { INSTANCE_FILE } from './instance.ts';
import { ownRoles, type User } from './users.ts';

export interface ServeOptions {
  host: string;
  port: number;
  dataDir: string;
  users: readonly User[];
  memoryMb: number;
  namedCollections?: NamedCollections;
  maxBodyMb: number;
  /** Of Node's pool; queries run on all but a few of them. */
  threads: number;
}

const STOP_GRACE_MS = 10_000;
/** Threads left for files while every query slot is taken. */
const FILE_THREADS = 8;

/** Opens the engine and answers on the port until it is stopped. */
export async function serve(options: ServeOptions, { logger, releasers }: MainContext): Promise<Service> {
  const dataDir = resolve(options.dataDir);
  const spoolDirectory = join(dataDir, 'bodies');
  // Left by a process that was killed; nobody waits for their answers any more.
  rmSync(spoolDirectory, { recursive: true, force: true });
  mkdirSync(spoolDirectory, { recursive: true });
  const instanceId = ownInstanceId(dataDir);
  const { memoryMb, users, namedCollections = {} } = options;
  const engine = new Engine({ dataDir, memoryMb, roles: ownRoles(users), namedCollections });
  releasers.add('engine', () => engine.close());
  const front = new Front({
    engine,
    users: options.users,
    spoolDirectory,
    instanceId,
    maxBodyBytes: options.maxBodyMb * 1024 ** 2,
    maxQueries: options.threads - FILE_THREADS,
    onFailure: (failure) => logger.debug({ event: 'query_failed', ...failure }),
  });
  front.server.listen(options.port, options.host);
  await once(front.server, 'listening');
  releasers.add('http', () => front.stop(STOP_GRACE_MS));
  logger.info({ event: 'listening', host: options.host, port: options.port, version: engine.version });
  const ended = Promise.withResolvers<void>();
  return {
    run: () => ended.promise,
    stop: () => {
      ended.resolve();
      return Promise.resolve();
    },
  };
}

/** Made once per data directory. */
function ownInstanceId(dataDir: string): string {
  const file = join(dataDir, INSTANCE_FILE);
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
