import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { z } from 'zod';
import { REPOSITORY } from '../stack/home.ts';

const MAIN = join(REPOSITORY, 'services', 'simulator', 'src', 'main.ts');

export interface SimulatorOptions {
  brokers: string;
  /** Folder for acknowledgement logs and standard error. */
  directory: string;
  seed: string;
  ratePerSecond: number;
  /** Distinguishes runs: a simulator that was killed is followed by one with a seed and a log of its own. */
  run: number;
}

export interface SimulatorLoad {
  readonly pid: number;
  readonly ackLog: string;
  /** Orderly end: what is in flight is acknowledged and logged. */
  stop(): Promise<void>;
  ended(): Promise<unknown>;
}

/** The shop simulator straight to Kafka, with repeated, late and overtaken events, as a process that can be killed. */
export function startSimulator(options: SimulatorOptions): SimulatorLoad {
  const ackLog = join(options.directory, `acknowledged-${options.run}.ndjson`);
  const args = ['simulate', 'shop', '--rate', String(options.ratePerSecond), '--customers', '5000'];
  const faults = ['--duplicates', '0.05', '--late', '0.05', '--out-of-order', '0.05'];
  const seed = `${options.seed}/${options.run}`;
  const child = spawn(process.execPath, [MAIN, ...args, ...faults, '--seed', seed, '--ack-log', ackLog], {
    env: { ...hostEnvironment(), EBB_KAFKA_BROKERS: options.brokers, EBB_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const end = once(child, 'close');
  return {
    pid: pidOf(child),
    ackLog,
    ended: () => end,
    stop: async () => {
      child.kill('SIGTERM');
      await end;
    },
  };
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the simulator could not be started');
  return child.pid;
}

const lineSchema = z.object({ web: z.array(z.string()), purchase: z.array(z.string()) });

export interface Acknowledged {
  web: Set<string>;
  purchase: Set<string>;
}

/** Ids of every batch Kafka acknowledged; a last line cut off by the kill was not written after its acknowledgement. */
export function readAckLog(path: string, into: Acknowledged): void {
  if (!existsSync(path)) return;
  const lines = readFileSync(path, 'utf8').split('\n');
  for (const line of lines.slice(0, -1)) {
    const { web, purchase } = lineSchema.parse(JSON.parse(line));
    for (const id of web) into.web.add(id);
    for (const id of purchase) into.purchase.add(id);
  }
}
