import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const common = {
  unique_id: z.string(),
  name: z.string(),
  description: z.string().default(''),
};
const dependsOn = z.object({ nodes: z.array(z.string()).default([]) });
const columns = z.record(z.string(), z.object({ description: z.string().default('') })).default({});

const node = z.object({
  ...common,
  resource_type: z.string(),
  schema: z.string().nullable().default(null),
  config: z.object({ materialized: z.string().nullish(), schema: z.string().nullish() }),
  depends_on: dependsOn.default({ nodes: [] }),
  columns,
});
const source = z.object({ ...common, schema: z.string(), columns });
const exposure = z.object({
  ...common,
  type: z.string(),
  label: z.string().nullish(),
  url: z.string().nullish(),
  owner: z.object({ name: z.string().nullish() }),
  depends_on: dependsOn.default({ nodes: [] }),
});

const manifest = z.object({
  nodes: z.record(z.string(), node),
  sources: z.record(z.string(), source),
  exposures: z.record(z.string(), exposure),
});

/** The parts of dbt's manifest.json that lineage is made of. */
export type Manifest = z.infer<typeof manifest>;
export type ManifestNode = z.infer<typeof node>;
export type ManifestSource = z.infer<typeof source>;

export async function readManifest(path: string): Promise<Manifest> {
  return manifest.parse(JSON.parse(await readFile(path, 'utf8')));
}
