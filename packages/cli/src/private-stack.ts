import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, hostEnvironment } from '@ebb/config';
import { z } from 'zod';
import { captureEbb } from './child-commands.ts';

const partSchema = z.object({
  pid: z.number().nullable(),
  state: z.string(),
  cpuSeconds: z.number().nullable(),
  rssMb: z.number().nullable(),
});
const statusSchema = z.object({
  postgres: partSchema.extend({ url: z.string() }),
  kafka: partSchema.extend({ brokers: z.string() }),
  collector: partSchema.extend({ url: z.string(), writeKey: z.string() }),
  aggregator: partSchema.extend({ url: z.string() }),
  dashboard: partSchema.extend({ url: z.string() }),
});
export type StackStatus = z.infer<typeof statusSchema>;

export interface PrivateStack {
  /** Environment under which `ebb` commands act on this stack. */
  readonly env: Environment;
  status(): Promise<StackStatus>;
}

/**
 * Brings up a stack of its own in a temporary folder, beside whatever runs already, and takes it down again whatever
 * happens in `fn`. Drills and benchmarks must neither meet nor disturb a stack somebody uses.
 */
export async function withPrivateStack<T>(name: string, fn: (stack: PrivateStack) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), `ebb-${name}-`));
  const env = { ...hostEnvironment(), EBB_HOME: home };
  const status = async (): Promise<StackStatus> =>
    statusSchema.parse(JSON.parse(await captureEbb(['status', '--json'], env)));
  try {
    await captureEbb(['up'], env);
    return await fn({ env, status });
  } finally {
    await captureEbb(['down'], env);
    await rm(home, { recursive: true, force: true });
  }
}
