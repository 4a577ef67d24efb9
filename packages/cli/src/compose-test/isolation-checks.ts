import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import type { ComposeProject } from './compose-project.ts';
import { ensureNone } from './ensure.ts';

const inspectSchema = z.array(
  z.object({
    Name: z.string(),
    HostConfig: z.object({
      Privileged: z.boolean(),
      ReadonlyRootfs: z.boolean(),
      CapDrop: z.array(z.string()).nullable(),
    }),
    Mounts: z.array(z.object({ Type: z.string(), Name: z.string().optional(), Destination: z.string() })),
    NetworkSettings: z.object({
      Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()),
    }),
  }),
);

/** What the engine says of the containers: nothing privileged or writable, no folder of the host, no nameless
 * volume, nothing open beyond loopback. */
export async function checkContainers(project: ComposeProject): Promise<string> {
  const ids = (await project.containers()).map((container) => container.ID);
  const inspected = inspectSchema.parse(JSON.parse(await project.docker(['inspect', ...ids])));
  const problems: string[] = [];
  let published = 0;
  for (const { Name: name, HostConfig: host, Mounts: mounts, NetworkSettings: network } of inspected) {
    if (host.Privileged) problems.push(`${name} is privileged`);
    if (!host.ReadonlyRootfs) problems.push(`${name} can write its root`);
    if (!host.CapDrop?.includes('ALL')) problems.push(`${name} keeps capabilities`);
    for (const { Type: type, Name: volume, Destination: path } of mounts) {
      // A volume without a name is left behind by every "down".
      if (!volume?.startsWith(`${project.name}_`)) problems.push(`${name} has ${type} ${volume ?? ''} at ${path}`);
    }
    for (const { HostIp: address, HostPort: port } of Object.values(network.Ports).flatMap((bound) => bound ?? [])) {
      published += 1;
      if (address !== '127.0.0.1') problems.push(`${name} is published on ${address}:${port}`);
    }
  }
  ensureNone(problems);
  return `${inspected.length} containers, ${published} ports, all on 127.0.0.1`;
}

/** What a process inside finds out about itself. */
export async function checkUsers(project: ComposeProject): Promise<string> {
  const running = (await project.containers()).filter((container) => container.State === 'running');
  const problems: string[] = [];
  const users: string[] = [];
  for (const { Service: service } of running) {
    const uid = (await project.exec(service, ['id', '-u'])).trim();
    users.push(`${service} ${uid}`);
    if (uid === '0') problems.push(`${service} runs as root`);
  }
  ensureNone(problems);
  return users.join(', ');
}

/** Really tries the published ports on every other address of this machine. */
export async function checkUnreachable(project: ComposeProject): Promise<string> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => !entry.internal && entry.family === 'IPv4')
    .map((entry) => entry.address);
  const attempts = addresses.flatMap((host) => Object.values(project.ports).map((port) => ({ host, port })));
  const answers = await Promise.all(attempts.map(async (attempt) => ({ ...attempt, isOpen: await isOpen(attempt) })));
  ensureNone(answers.filter((one) => one.isOpen).map(({ host, port }) => `${host}:${port} answers`));
  return `nothing answers on ${addresses.join(', ') || 'another address (this machine has none)'}`;
}

const CONNECT_TIMEOUT_MS = 2_000;

function isOpen(address: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: CONNECT_TIMEOUT_MS });
    const end = (isConnected: boolean): void => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
