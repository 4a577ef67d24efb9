import { statfsSync } from 'node:fs';
import { LocalStackError } from './errors.ts';

/** Raises DISK_FULL when the file system of `directory` has less than that free for the calling user. */
export function requireFreeSpace(directory: string, megabytes: number, who: string): void {
  const { bavail, bsize } = statfsSync(directory);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  if (free >= megabytes) return;
  const problem = `the file system of ${directory} has ${free} MB free and ${who} needs ${megabytes} MB to start`;
  throw new LocalStackError('DISK_FULL', `${problem}: free some; it is started as soon as there is enough`, {
    retryable: true,
  });
}
