import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandOutput } from './command-output.ts';

const run = promisify(execFile);
const BALLAST = '.ballast';

/** A small file system of its own, that can be filled to the last byte and freed again. Linux, root. */
export class SmallDisk {
  readonly directory: string;
  readonly #image: string;

  private constructor(directory: string, image: string) {
    this.directory = directory;
    this.#image = image;
  }

  /** Makes and mounts it at `directory`, with its image beside. Raises, with nothing left behind, where that is not allowed. */
  static async mount(directory: string, megabytes: number): Promise<SmallDisk> {
    const image = `${directory}.img`;
    mkdirSync(directory, { recursive: true });
    closeSync(openSync(image, 'w'));
    // Sparse: only what the server writes takes space of the host.
    truncateSync(image, megabytes * 1024 ** 2);
    try {
      // No blocks kept for root, so that full is full for every user.
      await run('mkfs.ext4', ['-q', '-m', '0', '-O', '^has_journal', '-F', image]);
      await run('mount', ['-o', 'loop', image, directory]);
    } catch (error) {
      rmSync(image, { force: true });
      throw new Error(`no file system of its own could be mounted: ${commandOutput(error)}`, { cause: error });
    }
    rmSync(join(directory, 'lost+found'), { recursive: true, force: true });
    return new SmallDisk(directory, image);
  }

  /** Takes every free byte. */
  async fill(): Promise<void> {
    const ballast = join(this.directory, BALLAST);
    closeSync(openSync(ballast, 'a'));
    // In shrinking steps: what cannot be had in one piece is had in smaller ones.
    for (let bytes = this.freeBytes(); bytes >= 4_096; bytes = Math.floor(bytes / 2)) {
      const offset = await sizeOf(ballast);
      await run('fallocate', ['-o', String(offset), '-l', String(bytes), ballast]).catch(() => {});
    }
    writeUntilFull(ballast);
  }

  /** Gives the bytes back. */
  free(): void {
    rmSync(join(this.directory, BALLAST), { force: true });
  }

  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  async unmount(): Promise<void> {
    // Lazily: a process that is just ending may still hold a file.
    await run('umount', ['--lazy', this.directory]);
    rmSync(this.#image, { force: true });
  }
}

async function sizeOf(path: string): Promise<number> {
  const { stdout } = await run('stat', ['-c', '%s', path]);
  return Number(stdout);
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a');
  const block = Buffer.alloc(4_096);
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
}
