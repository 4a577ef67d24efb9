import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostEnvironment } from '@ebb/config';
import { listenForInterruption } from '@ebb/local-stack';
import { z } from 'zod';
import { type ChildCommands, childCommands } from './child-commands.ts';

const partSchema = z.object({
  pid: z.number().nullable(),
  state: z.string(),
  cpuSeconds: z.number().nullable(),
  rssMb: z.number().nullable(),
});
const statusSchema = z.object({
  postgres: partSchema.extend({ url: z.string() }),
  kafka: partSchema.extend({ brokers: z.string() }),
  clickhouse: partSchema.extend({ url: z.string() }),
  connect: partSchema.extend({ url: z.string() }),
  collector: partSchema.extend({ url: z.string(), writeKey: z.string() }),
  aggregator: partSchema.extend({ url: z.string() }),
  'cdc-connector': partSchema.extend({ url: z.string() }),
  'cdc-sink': partSchema.extend({ url: z.string() }),
  ledger: partSchema.extend({ url: z.string() }),
  dashboard: partSchema.extend({ url: z.string() }),
});
export type StackStatus = z.infer<typeof statusSchema>;

export interface PrivateStack {
  /** Folder of its own, removed at the end. */
  readonly home: string;
  /** `ebb` commands that act on this stack. */
  readonly commands: ChildCommands;
  status(): Promise<StackStatus>;
}

/** What a private stack needs around it. */
export interface StackSurroundings {
  /** Before the stack starts; gets its folder. */
  prepare?: (home: string) => Promise<void>;
  /** After the stack has stopped, before its folder is removed. */
  release?: () => Promise<void>;
}

/**
 * Brings up a stack of its own in a temporary folder, beside whatever runs already, and takes it down again whatever
 * happens in `fn`. Drills and benchmarks must neither meet nor disturb a stack somebody uses.
 */
export async function withPrivateStack<T>(
  name: string,
  fn: (stack: PrivateStack) => Promise<T>,
  surroundings: StackSurroundings = {},
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), `ebb-${name}-`));
  const commands = childCommands({ ...hostEnvironment(), EBB_HOME: home });
  const status = async (): Promise<StackStatus> =>
    statusSchema.parse(JSON.parse(await commands.capture(['status', '--json'])));
  const interruption = listenForInterruption('the stack is taken down');
  const work = async (): Promise<T> => {
    await surroundings.prepare?.(home);
    await commands.capture(['up']);
    return fn({ home, commands, status });
  };
  try {
    return await Promise.race([work(), interruption.raised]);
  } finally {
    interruption.stop();
    await commands.stopAll();
    await commands.capture(['down']);
    await surroundings.release?.();
    await rm(home, { recursive: true, force: true });
  }
}
