import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '@ebb/core';
import { contentEtag } from './content-etag.ts';
import { ObjectStoreError } from './errors.ts';
import type { ObjectStore } from './object-store.ts';

/** Folder of the daily files in the bucket. */
export const DAILY_PREFIX = 'daily_sales';

export interface UploadDaysOptions {
  /** Holds files whose names begin with their day: `2025-06-26_transactions.csv`. Others are left alone. */
  directory: string;
  store: ObjectStore;
  /** Last day to send; without it every day that is there. */
  until?: string;
  /** Default `daily_sales`. */
  prefix?: string;
  /** Called after each file. */
  onFile?: (outcome: FileOutcome) => void;
  signal?: AbortSignal;
}

export interface FileOutcome {
  /** `replaced`: another content stood under that key. */
  state: 'uploaded' | 'replaced' | 'unchanged' | 'failed';
  day: string;
  file: string;
  key: string;
  bytes: number;
  /** Of a failure. */
  problem?: string;
}

export interface UploadDaysResult {
  /** Days the folder holds, up to `until`. */
  days: number;
  uploaded: number;
  replaced: number;
  unchanged: number;
  failed: number;
  lastDay: string | null;
  /** Whether `until` itself, where it was asked for, has a file. */
  hasUntil: boolean;
}

const DAILY_FILE = /^(\d{4}-\d{2}-\d{2})_[A-Za-z0-9_.=-]+$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Sends every day's file that the store does not hold as it is, the oldest first: a day that was missed is caught up by
 * the next run. Key `daily_sales/<day>/<file>`. A file that fails does not keep the others back; raises only when the
 * folder or the store as a whole cannot be read.
 */
export async function uploadDays(options: UploadDaysOptions): Promise<UploadDaysResult> {
  const { directory, store, until, prefix = DAILY_PREFIX, onFile, signal } = options;
  if (until !== undefined && !DAY.test(until)) {
    throw new ObjectStoreError('BAD_DAY', `${JSON.stringify(until)} is no day; write 2025-06-26`);
  }
  const files = (await dailyFiles(directory)).filter(({ day }) => until === undefined || day <= until);
  const stored = files.length === 0 ? new Map<string, string>() : await storedEtags(store, `${prefix}/`);
  const counts = { uploaded: 0, replaced: 0, unchanged: 0, failed: 0 };
  for (const { day, file } of files) {
    signal?.throwIfAborted();
    const key = `${prefix}/${day}/${file}`;
    const outcome = await upload(store, join(directory, file), { day, file, key, known: stored.get(key) ?? null });
    counts[outcome.state] += 1;
    onFile?.(outcome);
  }
  return {
    days: new Set(files.map(({ day }) => day)).size,
    ...counts,
    lastDay: files.at(-1)?.day ?? null,
    hasUntil: until === undefined || files.some(({ day }) => day === until),
  };
}

async function dailyFiles(directory: string): Promise<{ day: string; file: string }[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    throw new ObjectStoreError('NO_FOLDER', `the folder ${directory} cannot be read: ${errorMessage(error)}`);
  });
  return names
    .flatMap((file) => {
      const day = DAILY_FILE.exec(file)?.[1];
      // What is still being written has such a name.
      return day === undefined || /\.(part|tmp)$/.test(file) ? [] : [{ day, file }];
    })
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

async function storedEtags(store: ObjectStore, prefix: string): Promise<Map<string, string>> {
  const etags = new Map<string, string>();
  for await (const { key, etag } of store.list(prefix)) etags.set(key, etag);
  return etags;
}

interface DailyFile {
  day: string;
  file: string;
  key: string;
  /** ETag of what the store holds under the key. */
  known: string | null;
}

async function upload(store: ObjectStore, path: string, { known, ...file }: DailyFile): Promise<FileOutcome> {
  let bytes = 0;
  try {
    bytes = (await stat(path)).size;
    const etag = await contentEtag(createReadStream(path));
    if (etag === known) return { state: 'unchanged', ...file, bytes };
    const got = await store.put(file.key, createReadStream(path), { size: bytes, contentType: contentType(path) });
    if (got !== etag) {
      throw new ObjectStoreError('INCOMPLETE', `${path} changed while it was sent; it is sent again by the next run`);
    }
    return { state: known === null ? 'uploaded' : 'replaced', ...file, bytes };
  } catch (error) {
    return { state: 'failed', ...file, bytes, problem: errorMessage(error) };
  }
}

function contentType(path: string): string {
  return path.endsWith('.csv') ? 'text/csv' : 'application/octet-stream';
}
