import { createServer } from 'node:net';
import type { Environment } from '@ebb/config';
import { errorMessage } from '@ebb/core';
import type { Docker } from './docker.ts';
import { type ComposeModel, withDependencies } from './model.ts';
import type { HostFacts } from './preflight.ts';

const NOTHING = { compose: null, memoryBytes: 0, wantedBytes: 0, busyPorts: [] };

/** Looks at the machine as far as it can: without an engine there is nothing more to know. */
export async function readHostFacts(docker: Docker, env: Environment, roots: RootsOf): Promise<HostFacts> {
  let engine: string;
  try {
    engine = (await docker.run(['version', '--format', '{{.Server.Version}}'])).trim();
  } catch (error) {
    return { ...NOTHING, engine: null, problem: errorMessage(error) };
  }
  const memoryBytes = Number(await docker.run(['info', '--format', '{{.MemTotal}}']));
  const found = { ...NOTHING, engine, memoryBytes };
  const compose = await docker.compose(['version', '--short']).catch(() => null);
  if (compose === null) return found;
  const model = await docker.model();
  const wanted = [...withDependencies(model, roots(model))].filter((name) => model.get(name)?.isStep === false);
  const wantedBytes = wanted.reduce((sum, name) => sum + (model.get(name)?.memoryBytes ?? 0), 0);
  const busyPorts = isHere(env) ? await findBusyPorts(docker, model, wanted) : [];
  return { ...found, compose: compose.trim(), wantedBytes, busyPorts };
}

/** The services that will be asked for. */
export type RootsOf = (model: ComposeModel) => string[];

/** An engine elsewhere publishes its ports there. */
function isHere(env: Environment): boolean {
  return !/^(?:tcp|ssh|https?):/.test(env['DOCKER_HOST'] ?? '');
}

/** What already runs has its own port. */
async function findBusyPorts(docker: Docker, model: ComposeModel, wanted: string[]): Promise<HostFacts['busyPorts']> {
  const variables = await docker.portVariables();
  const running = new Set(await docker.running());
  const ports = wanted
    .filter((name) => !running.has(name))
    .flatMap((service) => (model.get(service)?.ports ?? []).map((address) => ({ service, ...address })));
  const looked = await Promise.all(ports.map(async (one) => ({ ...one, isBusy: await isBusy(one) })));
  return looked
    .filter((one) => one.isBusy)
    .map(({ service, port }) => ({ service, port, variable: variables.get(service) ?? 'its variable' }));
}

export function isBusy({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
