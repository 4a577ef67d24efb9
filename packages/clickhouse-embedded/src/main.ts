import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '@ebb/config';
import { runMain } from '@ebb/runtime';
import { embeddedOptions } from './config.ts';
import { Engine } from './engine.ts';
import { Front } from './http-server.ts';
import { INSTANCE_FILE } from './instance.ts';

const STOP_GRACE_MS = 10_000;
/** Threads left for files while every query slot is taken. */
const FILE_THREADS = 8;

await runMain({
  name: 'clickhouse',
  build: async ({ env, logger, releasers }) => {
    const config = loadConfig(embeddedOptions, env);
    const dataDir = resolve(config.dataDir);
    const spoolDirectory = join(dataDir, 'bodies');
    // Left by a process that was killed; nobody waits for their answers any more.
    rmSync(spoolDirectory, { recursive: true, force: true });
    mkdirSync(spoolDirectory, { recursive: true });
    const instanceId = ownInstanceId(dataDir);
    const engine = new Engine({ dataDir, memoryMb: config.memoryMb });
    releasers.add('engine', () => engine.close());
    const front = new Front({
      engine,
      users: config.users,
      spoolDirectory,
      instanceId,
      maxBodyBytes: config.maxBodyMb * 1024 ** 2,
      maxQueries: config.threads - FILE_THREADS,
      onFailure: (failure) => logger.debug({ event: 'query_failed', ...failure }),
    });
    front.server.listen(config.port, config.host);
    await once(front.server, 'listening');
    releasers.add('http', () => front.stop(STOP_GRACE_MS));
    logger.info({ event: 'listening', host: config.host, port: config.port, version: engine.version });
    const ended = Promise.withResolvers<void>();
    return {
      run: () => ended.promise,
      stop: () => {
        ended.resolve();
        return Promise.resolve();
      },
    };
  },
});

/** Made once per data directory. */
function ownInstanceId(dataDir: string): string {
  const file = join(dataDir, INSTANCE_FILE);
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
