import type { CapturedTables } from '../captured/types.ts';

/** Captured tables for tests of the rest: every message passes and becomes nothing. */
export const noTables: CapturedTables = {
  open: () => Promise.resolve(),
  refreshSchemas: () => Promise.resolve(),
  prepare: (chunk, progress) =>
    Promise.resolve({ inserts: [], deadLetters: [], progress: { ...progress, nextOffset: chunk.toOffset } }),
  maintain: () => Promise.resolve(),
  stoppedTables: () => [],
  stats: () => [],
};
