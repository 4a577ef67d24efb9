import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createPool, withTransaction } from '@ebb/postgres';
import { z } from 'zod';
import { StackError } from './errors.ts';
import type { StackHome } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const RESTORED_FILE = 'restored.json';
/** Where a restore builds the data, until all of it is in its place. */
export const STAGE = '.restoring';

const restoredSchema = z.object({ backup: z.string(), at: z.string() });
export type Restored = z.infer<typeof restoredSchema>;

export function isRestoreUnfinished(home: StackHome): boolean {
  return existsSync(join(home.root, STAGE));
}

/** A part of the data must not be taken for the whole; raises RESTORE_UNFINISHED. */
export function refuseUnfinishedRestore(home: StackHome): void {
  if (!isRestoreUnfinished(home)) return;
  throw new StackError(
    'RESTORE_UNFINISHED',
    `a restore into ${home.root} was cut short; repeat it (ebb restore), or delete the folder`,
  );
}

/** Leaves a note that the next start must read. */
export function markRestored(home: StackHome, restored: Restored): void {
  writeJsonFile(join(home.root, RESTORED_FILE), restored);
}

/**
 * The first start after a restore: the epoch of change data capture ends, so that the registrar begins the next one.
 * Positions in the log will be used again for other changes; only a higher epoch tells the two apart. The note is
 * removed once the database knows; a kill in between repeats it, which changes nothing.
 */
export async function noteRestore(home: StackHome, url: string): Promise<Restored | null> {
  const path = join(home.root, RESTORED_FILE);
  if (!existsSync(path)) return null;
  const restored = readJsonFile(path, restoredSchema) ?? { backup: 'unknown', at: new Date().toISOString() };
  const pool = createPool({ url, applicationName: 'ebb-setup', max: 1 });
  try {
    await withTransaction(pool, async (client) => {
      await client.query('UPDATE ops.cdc_epochs SET retired_at = now() WHERE retired_at IS NULL');
      await client.query(
        `INSERT INTO ops.settings (key, value) VALUES ('restored', $1)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        [JSON.stringify(restored)],
      );
    });
  } finally {
    await pool.end();
  }
  rmSync(path, { force: true });
  return restored;
}
