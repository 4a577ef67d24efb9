import { totalmem } from 'node:os';

const MIB = 1024 ** 2;

/** Memory that processes started from here may use together, MiB: a container's limit, else the machine's. */
export function machineMemoryMb(): number {
  const limit = process.constrainedMemory();
  return Math.floor((limit > 0 && limit < totalmem() ? limit : totalmem()) / MIB);
}
