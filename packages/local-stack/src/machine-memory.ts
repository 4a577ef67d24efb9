import { totalmem } from 'node:os';

const MIB = 1024 ** 2;

/** Memory that processes started from here may use together, MiB: a container's limit, else the machine's. */
export function machineMemoryMb(): number {
  const limit = process.constrainedMemory();
  return Math.floor((limit > 0 && limit < totalmem() ? limit : totalmem()) / MIB);
}

/** What the stack's ClickHouse may take, MiB: an eighth of the machine, within what a build of a million events needs and what a laptop can spare. */
export function clickhouseMemoryMb(): number {
  return Math.max(900, Math.min(3_000, Math.floor(machineMemoryMb() / 8)));
}
