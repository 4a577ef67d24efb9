import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a tree holds; paths are relative, with slashes. */
export interface TreeEntry {
  path: string;
  kind: 'directory' | 'file' | 'link';
  stats: Stats;
}

export interface CopyCounts {
  files: number;
  bytes: number;
}

const AT_ONCE = 8;
/** File systems keep times by ticks of some ms: a file younger than this may change again without showing it. */
const SETTLED_MS = 2_000;

/** Everything below a folder, folders before what they hold. Files that vanish meanwhile are left out. */
export async function listTree(root: string, isWanted: (path: string) => boolean): Promise<TreeEntry[]> {
  const found: TreeEntry[] = [];
  const visit = async (folder: string): Promise<void> => {
    const names = await unlessGone(readdir(join(root, folder)));
    for (const name of (names ?? []).toSorted()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (!isWanted(path)) continue;
      const stats = await unlessGone(lstat(join(root, path)));
      if (stats === null) continue;
      if (stats.isDirectory()) {
        found.push({ path, kind: 'directory', stats });
        await visit(path);
      } else if (stats.isFile()) found.push({ path, kind: 'file', stats });
      else if (stats.isSymbolicLink()) found.push({ path, kind: 'link', stats });
    }
  };
  await visit('');
  return found;
}

interface Copied {
  size: number;
  mtimeMs: number;
  /** When the copy began. */
  atMs: number;
}

/**
 * A copy of a tree in passes: a first one while its programs write, a last one while they stand still, which copies
 * only what has changed since. What the last pass leaves is the tree as it stood then.
 */
export class TreeCopy {
  readonly #source: string;
  readonly #target: string;
  readonly #isWanted: (path: string) => boolean;
  readonly #copied = new Map<string, Copied>();
  readonly #nowMs: () => number;

  constructor(paths: { source: string; target: string }, isWanted: (path: string) => boolean, nowMs = Date.now) {
    this.#source = paths.source;
    this.#target = paths.target;
    this.#isWanted = isWanted;
    this.#nowMs = nowMs;
  }

  /**
   * `hidden`: files written in a way that their times may not show a change. A first pass leaves them out, the last
   * one copies them whatever their times say.
   */
  async pass(
    kind: 'first' | 'last',
    hidden: (path: string) => boolean,
    onCopied: (bytes: number) => void,
  ): Promise<CopyCounts> {
    const entries = await listTree(this.#source, this.#isWanted);
    await this.#removeOthers(entries);
    for (const entry of entries.filter(({ kind }) => kind === 'directory')) {
      await mkdir(join(this.#target, entry.path), { recursive: true, mode: 0o700 });
    }
    for (const entry of entries.filter(({ kind }) => kind === 'link')) await this.#link(entry);
    const counts: CopyCounts = { files: 0, bytes: 0 };
    const isDue = (entry: TreeEntry): boolean => (hidden(entry.path) ? kind === 'last' : !this.#isSame(entry));
    const changed = entries.filter((entry) => entry.kind === 'file' && isDue(entry));
    await forEachAtOnce(changed, async (entry) => {
      if (!(await this.#copy(entry))) return;
      counts.files += 1;
      counts.bytes += bytesOnDisk(entry.stats);
      onCopied(bytesOnDisk(entry.stats));
    });
    return counts;
  }

  #isSame({ path, stats }: TreeEntry): boolean {
    const known = this.#copied.get(path);
    if (known === undefined || known.size !== stats.size || known.mtimeMs !== stats.mtimeMs) return false;
    return stats.mtimeMs < known.atMs - SETTLED_MS;
  }

  async #copy({ path, stats }: TreeEntry): Promise<boolean> {
    const atMs = this.#nowMs();
    const target = join(this.#target, path);
    const source = join(this.#source, path);
    // Shares the blocks where the file system can.
    const done = await unlessGone(copyFile(source, target, constants.COPYFILE_FICLONE).then(() => true));
    if (done === null) return false;
    await chmod(target, stats.mode & 0o777);
    this.#copied.set(path, { size: stats.size, mtimeMs: stats.mtimeMs, atMs });
    return true;
  }

  /** Links within the tree stay within it, wherever it goes. */
  async #link({ path }: TreeEntry): Promise<void> {
    const target = join(this.#target, path);
    const points = await readlink(join(this.#source, path));
    await rm(target, { force: true });
    const isInside = isAbsolute(points) && !relative(this.#source, points).startsWith('..');
    await symlink(isInside ? relative(join(this.#source, path, '..'), points) : points, target);
  }

  async #removeOthers(entries: readonly TreeEntry[]): Promise<void> {
    const wanted = new Map(entries.map(({ path, kind }) => [path, kind]));
    for (const { path, kind } of await listTree(this.#target, () => true)) {
      if (wanted.get(path) === kind) continue;
      await rm(join(this.#target, path), { recursive: true, force: true });
      this.#copied.delete(path);
    }
  }
}

/** What a file takes: less than its size where it has holes, as the broker's preallocated indexes do. */
export function bytesOnDisk({ size, blocks }: Stats): number {
  return Math.min(size, blocks * 512);
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

export async function forEachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next]; item !== undefined; item = items[next]) {
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Null where the file is gone by now. */
async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}

/** First folder of a relative path. */
export function topOf(path: string): string {
  return path.split(sep)[0]?.split('/')[0] ?? '';
}
