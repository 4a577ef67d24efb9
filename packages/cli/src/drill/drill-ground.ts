import { join } from 'node:path';
import { errorMessage } from '@ebb/core';
import { type PrivateStack, withPrivateStack } from '../private-stack.ts';
import { stackHome } from '../stack/home.ts';
import { DRILL_DISKS, type DrillDisk } from './plan.ts';
import { SmallDisk } from './small-disk.ts';
import { StackLinks } from './stack-links.ts';

/** What a drill can do to a stack beside killing its parts. */
export interface DrillGround {
  links: StackLinks;
  /** The server's own small file system; in words why it has none. */
  disks: Record<DrillDisk, SmallDisk | string>;
}

/** Enough for a drill of an hour; small enough to be filled in a moment. */
const DISK_MB = 4_096;

/** A private stack whose connections all lead through proxies and whose servers have, where allowed, small disks. */
export async function withDrillGround<T>(
  wantsDisks: boolean,
  fn: (stack: PrivateStack, ground: DrillGround) => Promise<T>,
): Promise<T> {
  let ground: DrillGround | null = null;
  const prepare = async (root: string): Promise<void> => {
    const home = stackHome({ EBB_HOME: root });
    ground = { links: await StackLinks.start(home), disks: await mountDisks(home.root, wantsDisks) };
  };
  const release = async (): Promise<void> => {
    await ground?.links.close();
    for (const disk of Object.values(ground?.disks ?? {})) if (typeof disk !== 'string') await disk.unmount();
  };
  const run = (stack: PrivateStack): Promise<T> => {
    if (ground === null) throw new Error('the stack was not prepared');
    return fn(stack, ground);
  };
  return withPrivateStack('drill', run, { prepare, release });
}

async function mountDisks(root: string, wantsDisks: boolean): Promise<DrillGround['disks']> {
  const disks: DrillGround['disks'] = { kafka: 'not wanted', clickhouse: 'not wanted' };
  if (!wantsDisks) return disks;
  for (const disk of DRILL_DISKS) {
    disks[disk] = await SmallDisk.mount(join(root, disk), DISK_MB).catch(
      (error: unknown) => `${errorMessage(error)} (needs root on Linux)`,
    );
  }
  return disks;
}
