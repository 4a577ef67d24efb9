import { randomBytes } from 'node:crypto';
import type { Environment } from '@ebb/config';
import { EbbError, must } from '@ebb/core';
import { anyFreePort } from '@ebb/local-stack';
import { z } from 'zod';
import { type CommandOptions, runCommand } from '../compose/run-command.ts';
import type { ComposeTestErrorCode } from './errors.ts';

const PORT_NAMES = [
  'COLLECTOR',
  'DASHBOARD',
  'AGGREGATOR',
  'POSTGRES',
  'KAFKA',
  'CLICKHOUSE',
  'CONNECT',
  'CDC_CONNECTOR',
  'CDC_SINK',
  'LEDGER',
  'OBJECT_STORE',
  'BATCH_LOADER',
  'SEGMENTATION_WORKER',
  'TLS',
] as const;
export type PortName = (typeof PORT_NAMES)[number];
export type PullPolicy = 'never' | 'missing';

const containerSchema = z.object({
  ID: z.string(),
  Service: z.string(),
  State: z.string(),
  Health: z.string(),
  ExitCode: z.number(),
});
export type Container = z.infer<typeof containerSchema>;

/** Longest time for a build with empty caches, and for everything to become healthy. */
const BUILD_TIMEOUT_MS = 900_000;
const UP_TIMEOUT_MS = 1_200_000;

/**
 * The repository's docker-compose.yml as it is, under a project name and on ports of its own. What the caller's
 * environment sets for the project is left out, so that the file's own defaults are tested.
 */
export class ComposeProject {
  readonly name: string;
  readonly root: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /** Of the caller, without settings of the project. */
  readonly env: NodeJS.ProcessEnv;
  readonly pull: PullPolicy;

  static async prepare(root: string, env: Environment, pull: PullPolicy): Promise<ComposeProject> {
    const entries: [PortName, number][] = [];
    for (const name of PORT_NAMES) entries.push([name, await anyFreePort()]);
    return new ComposeProject(root, env, pull, Object.fromEntries(entries) as Record<PortName, number>);
  }

  private constructor(root: string, env: Environment, pull: PullPolicy, ports: Record<PortName, number>) {
    this.name = `ebb-test-${randomBytes(4).toString('hex')}`;
    this.ports = ports;
    this.root = root;
    this.pull = pull;
    const kept = Object.entries(env).filter(([name]) => !/^(?:EBB|COMPOSE)_/.test(name));
    const own = Object.entries(ports).map(([name, port]) => [`EBB_${name}_PORT`, String(port)] as const);
    this.env = Object.fromEntries([...kept, ...own]);
  }

  /** What the project builds. */
  get images(): string[] {
    return [`${this.name}-services`, `${this.name}-connect`, `${this.name}-dbt`];
  }

  run(command: string, args: readonly string[], options: Partial<CommandOptions> = {}): Promise<string> {
    return runCommand(command, args, { cwd: this.root, env: this.env, ...options });
  }

  docker(args: readonly string[], options: Partial<CommandOptions> = {}): Promise<string> {
    return this.run('docker', args, options);
  }

  compose(args: readonly string[], options: Partial<CommandOptions> = {}): Promise<string> {
    return this.docker(['compose', '--project-name', this.name, '--progress', 'plain', ...args], options);
  }

  async build(): Promise<void> {
    await this.compose(['build'], { timeoutMs: BUILD_TIMEOUT_MS });
  }

  /** Starts everything, detached; returns once all of it is healthy or has ended well. */
  async up(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.compose(['up', '--wait', '--no-build', '--pull', this.pull], {
      env: { ...this.env, ...settings },
      timeoutMs: UP_TIMEOUT_MS,
    });
  }

  async containers(): Promise<Container[]> {
    const text = await this.compose(['ps', '--all', '--format', 'json']);
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => containerSchema.parse(JSON.parse(line)));
  }

  async container(service: string): Promise<Container> {
    return must(
      (await this.containers()).find((entry) => entry.Service === service),
      `container of ${service}`,
    );
  }

  /** Runs a command in a new container of a service, removed at its end; its output is in no log. */
  runOnce(service: string, command: readonly string[] = []): Promise<string> {
    return this.compose(['run', '--rm', '--no-deps', '--no-TTY', service, ...command]);
  }

  exec(service: string, command: readonly string[]): Promise<string> {
    return this.compose(['exec', '--no-TTY', service, ...command]);
  }

  /** Removes containers and networks; the volumes stay. */
  async removeContainers(): Promise<void> {
    await this.compose(['down', '--timeout', '60'], { timeoutMs: UP_TIMEOUT_MS });
  }

  /** Removes containers, networks and volumes; what is left of them is an error. */
  async down(): Promise<void> {
    await this.compose(['down', '--volumes', '--remove-orphans', '--timeout', '60'], { timeoutMs: UP_TIMEOUT_MS });
    const label = `label=com.docker.compose.project=${this.name}`;
    for (const kind of ['container', 'network', 'volume']) {
      const all = kind === 'container' ? ['--all'] : [];
      const left = (await this.docker([kind, 'ls', ...all, '--quiet', '--filter', label])).trim();
      if (left !== '') {
        throw new EbbError<ComposeTestErrorCode>('CHECK_FAILED', `"down --volumes" left a ${kind} behind: ${left}`);
      }
    }
  }

  async removeImages(): Promise<void> {
    for (const image of this.images) {
      const found = (await this.docker(['image', 'ls', '--quiet', image])).trim();
      if (found !== '') await this.docker(['image', 'rm', image]);
    }
  }
}
