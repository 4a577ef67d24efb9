import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { hostEnvironment } from '@ebb/config';
import { SeededRandom } from '@ebb/core';
import { z } from 'zod';
import type { PrivateStack } from '../private-stack.ts';
import {
  closeGround,
  type Fault,
  harmAggregator,
  harmClickhouse,
  harmConnector,
  harmSink,
  openGround,
  prepareCustomers,
} from './faults.ts';

const finding = z.object({
  table: z.string(),
  key: z.record(z.string(), z.string()),
  hop: z.string().nullable(),
  kind: z.string(),
});
const report = z.object({ open: z.array(finding), problems: z.array(z.string()).optional() });

export interface FaultOutcome {
  readonly faults: readonly Fault[];
  /** Not found within two rounds, or at another hop. */
  readonly wrong: readonly string[];
  /** Findings that nobody caused. */
  readonly invented: readonly string[];
  /** Open after the repair and its check. */
  readonly left: readonly string[];
  readonly isConsistent: boolean;
}

/**
 * Harms rows that were stored before `until` (now unless given), so that events that stream in meanwhile do not heal them.
 * Does `perHop` things to the data at each of four hops, one hop after the other, each at random keys; looks twice, repairs
 * and looks again.
 */
export async function findFaults(
  stack: PrivateStack,
  { perHop, seed, until = new Date() }: { perHop: number; seed: string; until?: Date },
): Promise<FaultOutcome> {
  const ground = await openGround(() => stack.status(), new SeededRandom(seed), until);
  await prepareCustomers(ground);
  const outcome = { faults: [] as Fault[], wrong: [] as string[], invented: [] as string[], left: [] as string[] };
  try {
    for (const harm of [harmAggregator, harmConnector, harmSink, harmClickhouse]) {
      const faults = await harm(ground, perHop);
      outcome.faults.push(...faults);
      await look(stack);
      const found = await look(stack);
      outcome.wrong.push(...faults.flatMap((fault) => judge(fault, found)));
      const ids = new Set(faults.map(({ id }) => id));
      outcome.invented.push(
        ...found
          .filter(({ key }) => !Object.values(key).some((value) => ids.has(value)))
          .map((one) => JSON.stringify(one)),
      );
      const repaired = report.parse(JSON.parse(await capture(stack, ['ledger', 'repair', '--json'])));
      outcome.left.push(...repaired.open.map((one) => JSON.stringify(one)));
    }
    const verify = await stack.commands.run(['verify']).then(
      () => true,
      () => false,
    );
    return { ...outcome, isConsistent: verify };
  } finally {
    await closeGround(ground);
  }
}

function judge(fault: Fault, found: readonly z.output<typeof finding>[]): string[] {
  const one = found.find(({ table, key }) => table === fault.table && Object.values(key).includes(fault.id));
  if (one === undefined) return [`${fault.what} ${fault.table} ${fault.id}: not found`];
  return one.hop === fault.hop
    ? []
    : [`${fault.what} ${fault.table} ${fault.id}: at ${one.hop ?? 'unknown'}, not ${fault.hop}`];
}

async function look(stack: PrivateStack): Promise<z.output<typeof finding>[]> {
  return report.parse(JSON.parse(await capture(stack, ['ledger', 'run', '--json']))).open;
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** What a command prints; its status says whether findings are open, which they are meant to be. */
async function capture({ home }: PrivateStack, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...hostEnvironment(), EBB_HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}
