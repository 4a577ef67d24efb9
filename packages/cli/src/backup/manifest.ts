import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { lstat, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '@ebb/core';
import { KAFKA_VERSION } from '@ebb/local-stack';
import { z } from 'zod';
import { CLICKHOUSE_MIGRATIONS, MIGRATIONS } from '../stack/home.ts';
import { BackupError } from './errors.ts';
import { bytesOnDisk, forEachAtOnce, listTree, sha256Of } from './tree.ts';

export const DATA_FOLDER = 'data';
const MANIFEST_FILE = 'manifest.json';

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('directory'), path: z.string(), mode: z.int() }),
  z.object({ kind: z.literal('file'), path: z.string(), mode: z.int(), size: z.int(), sha256: z.string() }),
  z.object({ kind: z.literal('link'), path: z.string(), target: z.string() }),
]);
export type ManifestEntry = z.infer<typeof entrySchema>;

/** Form 1. Of later forms this version can only say that they are later. */
const bodySchema = z.object({
  form: z.literal(1),
  id: z.uuid(),
  createdAt: z.string(),
  versions: z.object({ postgres: z.string(), kafka: z.string() }),
  /** Migrations that this version brings; the data may be older, never newer. */
  migrations: z.object({ postgres: z.array(z.string()), clickhouse: z.array(z.string()) }),
  /** How long the stack stood still, s; null where it did not run. */
  pauseSeconds: z.number().nullable(),
  entries: z.array(entrySchema),
});
/** With the SHA-256 of all of the above. */
const manifestSchema = bodySchema.extend({ digest: z.string() });
export type Manifest = z.infer<typeof manifestSchema>;

export type ManifestFacts = Pick<Manifest, 'id' | 'createdAt' | 'pauseSeconds'>;

/** Describes the data below `folder`, every file with its checksum, and writes it beside. */
export async function writeManifest(
  folder: string,
  facts: ManifestFacts,
  onHashed: (bytes: number) => void,
): Promise<Manifest> {
  const data = join(folder, DATA_FOLDER);
  const entries = await describeTree(data, onHashed);
  const body = {
    form: 1 as const,
    ...facts,
    versions: { postgres: readFileSync(join(data, 'postgres', 'PG_VERSION'), 'utf8').trim(), kafka: KAFKA_VERSION },
    migrations: knownMigrations(),
    entries,
  };
  const manifest: Manifest = { ...body, digest: digestOf(body) };
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flush: true });
  return manifest;
}

/** Raises BACKUP_DAMAGED or BACKUP_NEWER. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  const manifest = parse(path);
  const { digest, ...body } = manifest;
  if (digestOf(body) !== digest) throw damaged(path, 'it was altered');
  const known = knownMigrations();
  for (const engine of ['postgres', 'clickhouse'] as const) {
    const later = manifest.migrations[engine].filter((name) => !known[engine].includes(name));
    if (later.length > 0) {
      throw new BackupError(
        'BACKUP_NEWER',
        `${folder} was made by a later version, which has ${later.join(', ')} for ${engine}: restore it with that version`,
      );
    }
  }
  return manifest;
}

/** Reads every byte and raises BACKUP_DAMAGED with the first file that is not as the manifest says. */
export async function checkBackup(
  folder: string,
  manifest: Manifest,
  onHashed: (bytes: number) => void,
): Promise<void> {
  const data = join(folder, DATA_FOLDER);
  const found = new Map((await describeTree(data, onHashed)).map((entry) => [entry.path, entry]));
  for (const entry of manifest.entries) {
    const there = found.get(entry.path);
    found.delete(entry.path);
    if (there === undefined) throw damaged(join(data, entry.path), 'it is missing');
    // Modes may be lost on the way, by an archive or another file system; contents may not.
    const isSame = JSON.stringify(contentOf(there)) === JSON.stringify(contentOf(entry));
    if (!isSame) throw damaged(join(data, entry.path), 'its content is not what was backed up');
  }
  const [added] = found.keys();
  if (added !== undefined) throw damaged(join(data, added), 'it was added');
}

function contentOf(entry: ManifestEntry): unknown[] {
  if (entry.kind === 'file') return [entry.kind, entry.size, entry.sha256];
  return entry.kind === 'link' ? [entry.kind, entry.target] : [entry.kind];
}

async function describeTree(root: string, onHashed: (bytes: number) => void): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  await forEachAtOnce(await listTree(root, () => true), async ({ path, kind, stats }) => {
    const mode = stats.mode & 0o777;
    if (kind === 'directory') entries.push({ kind, path, mode });
    else if (kind === 'link') entries.push({ kind, path, target: await readlink(join(root, path)) });
    else {
      const sha256 = await sha256Of(join(root, path));
      entries.push({ kind, path, mode, size: (await lstat(join(root, path))).size, sha256 });
      onHashed(bytesOnDisk(stats));
    }
  });
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function parse(path: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw damaged(path, errorMessage(error));
  }
  const form = z.object({ form: z.number() }).safeParse(json);
  if (form.success && form.data.form > 1) {
    throw new BackupError('BACKUP_NEWER', `${path} has form ${String(form.data.form)}, this version reads form 1`);
  }
  const read = manifestSchema.safeParse(json);
  if (read.success) return read.data;
  throw damaged(path, z.prettifyError(read.error));
}

function damaged(path: string, reason: string): BackupError {
  return new BackupError('BACKUP_DAMAGED', `${path}: ${reason}; nothing was restored`);
}

/** Of the keys in the schema's order, whatever theirs. */
function digestOf(body: z.infer<typeof bodySchema>): string {
  return createHash('sha256')
    .update(JSON.stringify(bodySchema.parse(body)))
    .digest('hex');
}

function knownMigrations(): Manifest['migrations'] {
  return { postgres: migrationsIn(MIGRATIONS), clickhouse: migrationsIn(CLICKHOUSE_MIGRATIONS) };
}

function migrationsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted();
}
