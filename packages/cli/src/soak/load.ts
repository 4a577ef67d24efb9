import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EbbError, must } from '@ebb/core';
import { z } from 'zod';
import type { PrivateStack, StackStatus } from '../private-stack.ts';

const OPEN_LOOP = fileURLToPath(new URL('../load/open-loop.ts', import.meta.url));
/** Of a hundred events, so many are order documents and so many changes of the CRM; the rest are web events. */
const PURCHASE_SHARE = 0.02;
const CRM_SHARE = 0.01;

export interface LoadOptions {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** `source` of the web events. */
  readonly source: string;
}

export const webLoadSchema = z.object({
  sent: z.number(),
  acknowledged: z.number(),
  lateTicks: z.number(),
  cpuMs: z.number(),
});
export type WebLoad = z.infer<typeof webLoadSchema>;

export interface Load {
  /** What each generator is asked for, a second. */
  readonly rates: { readonly web: number; readonly purchases: number; readonly crm: number };
  /** Resolves when every generator has ended; raises LOAD_FAILED when one ended badly. */
  finished(): Promise<WebLoad>;
}

/** Web events in an open loop, orders and CRM changes beside them, each by a process of its own. */
export function startLoad(stack: PrivateStack, status: StackStatus, options: LoadOptions): Load {
  const { ratePerSecond, seconds } = options;
  const purchases = ratePerSecond * PURCHASE_SHARE;
  const crm = ratePerSecond * CRM_SHARE;
  const rates = { purchases, crm, web: ratePerSecond - purchases - crm };
  const duration = ['--duration', `${seconds}s`];
  const quiet = { EBB_LOG_LEVEL: 'warn' };
  const others = [
    stack.commands.start(['simulate', 'purchases', '--rate', String(rates.purchases), ...duration], quiet),
    stack.commands.start(['simulate', 'crm', '--rate', String(rates.crm), ...duration], quiet),
  ];
  const target = ['--brokers', status.kafka.brokers, '--source', options.source];
  const web = startOpenLoop([...target, '--rate', String(rates.web), '--seconds', String(seconds)]);
  return {
    rates,
    finished: async () => {
      const [summary] = await Promise.all([web, ...others.map(ended)]);
      return must(summary, 'the web load printed no summary');
    },
  };
}

async function startOpenLoop(args: readonly string[]): Promise<WebLoad> {
  const child = spawn(process.execPath, [OPEN_LOOP, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await ended(child);
  return webLoadSchema.parse(JSON.parse(output));
}

async function ended(child: ChildProcess): Promise<null> {
  const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode];
  if (code !== 0) throw new EbbError('LOAD_FAILED', `a load generator ended with ${String(code)}`);
  return null;
}
