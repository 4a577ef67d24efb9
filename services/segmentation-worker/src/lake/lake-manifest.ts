import { text } from 'node:stream/consumers';
import type { ObjectStore } from '@ebb/object-store';
import { z } from 'zod';

/** Below it a folder per export; the folder's name is the export's run id. */
export const EXPORTS_PREFIX = 'lake/exports/';

/** Grows when a reader of older manifests must know. */
const FORMAT = 1;

const lakeManifest = z.strictObject({
  format: z.literal(FORMAT),
  run_id: z.string(),
  exported_at: z.string(),
  publication: z.string(),
  model_runs: z.array(z.strictObject({ kind: z.string(), source: z.string(), run_id: z.string() })),
  tables: z.array(z.strictObject({ name: z.string(), key: z.string(), rows: z.number() })),
});
export type LakeManifest = z.infer<typeof lakeManifest>;

export function exportKey(runId: string, file: string): string {
  return `${EXPORTS_PREFIX}${runId}/${file}`;
}

export function manifestKey(runId: string): string {
  return exportKey(runId, 'manifest.json');
}

/** Null before the export is whole: its manifest is written last. */
export async function readManifest(store: ObjectStore, runId: string): Promise<LakeManifest | null> {
  const key = manifestKey(runId);
  if ((await store.stat(key)) === null) return null;
  return lakeManifest.parse(JSON.parse(await text(await store.get(key))));
}

export async function writeManifest(store: ObjectStore, manifest: Omit<LakeManifest, 'format'>): Promise<LakeManifest> {
  const whole = { format: FORMAT, ...manifest } as const;
  const content = Buffer.from(`${JSON.stringify(whole, null, 2)}\n`);
  await store.put(manifestKey(whole.run_id), content, { contentType: 'application/json', size: content.length });
  return whole;
}
