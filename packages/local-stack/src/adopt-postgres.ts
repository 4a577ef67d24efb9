import { chownSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { postgresBinaries } from './postgres-binaries.ts';
import { runAs } from './postgres-user.ts';

/** Gives a data directory that was copied here to the user the server will run as. Only root has to. */
export function adoptPostgresData(dataDir: string): void {
  const { owner } = runAs({ program: postgresBinaries().postgres, dataParent: dirname(dataDir), dataDir });
  if (owner === null) return;
  const give = (path: string): void => {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) lchownSync(path, owner.uid, owner.gid);
    else chownSync(path, owner.uid, owner.gid);
    if (stats.isDirectory()) for (const name of readdirSync(path)) give(join(path, name));
  };
  give(dataDir);
}
