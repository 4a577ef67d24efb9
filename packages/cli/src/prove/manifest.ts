import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const nodeSchema = z.object({
  name: z.string(),
  resource_type: z.string(),
  schema: z.string(),
  alias: z.string(),
  original_file_path: z.string(),
  raw_code: z.string(),
  depends_on: z.object({ nodes: z.array(z.string()).default([]) }),
  config: z.object({
    materialized: z.string().optional(),
    incremental_strategy: z.string().nullish(),
    unique_key: z.unknown(),
  }),
});

const manifestSchema = z.object({
  nodes: z.record(z.string(), z.looseObject({ resource_type: z.string() })),
  macros: z.record(z.string(), z.object({ name: z.string(), macro_sql: z.string() })),
});

/** A model as the project has it. */
export interface Model {
  readonly id: string;
  readonly name: string;
  readonly schema: string;
  /** Below the project's folder. */
  readonly file: string;
  readonly sql: string;
  readonly materialized: string;
  readonly strategy: string;
  /** Ids of the models it reads. */
  readonly reads: readonly string[];
  /** The model's own text and that of every macro it calls, through whatever macros. */
  readonly text: string;
}

/** Models by id, from dbt's manifest.json. */
export async function readModels(file: string): Promise<Map<string, Model>> {
  const { nodes, macros } = manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  // dbt's own macros say nothing about how a model takes in its rows.
  const own = Object.entries(macros).flatMap(([id, macro]) => (id.startsWith('macro.ebb.') ? [macro] : []));
  const models = new Map<string, Model>();
  for (const [id, node] of Object.entries(nodes)) {
    if (node.resource_type !== 'model') continue;
    const model = nodeSchema.parse(node);
    models.set(id, {
      id,
      name: model.name,
      schema: model.schema,
      file: model.original_file_path,
      sql: model.raw_code,
      materialized: model.config.materialized ?? 'view',
      strategy: model.config.incremental_strategy ?? 'default',
      reads: model.depends_on.nodes.filter((read) => read.startsWith('model.')),
      text: withMacros(model.raw_code, own),
    });
  }
  return models;
}

/** A text and those of the macros it names; dbt's own list lacks what is called in a block that is not always run. */
function withMacros(sql: string, macros: readonly { name: string; macro_sql: string }[]): string {
  let text = sql;
  let left = [...macros];
  for (let found = -1; found !== 0;) {
    const called = left.filter(({ name }) => new RegExp(`\\b${name}\\(`).test(text));
    text = [text, ...called.map(({ macro_sql: macro }) => macro)].join('\n');
    left = left.filter((macro) => !called.includes(macro));
    found = called.length;
  }
  return text;
}

/** The models and everything they read, through whatever models; names in no order. */
export function withUpstream(models: ReadonlyMap<string, Model>, chosen: readonly Model[]): Model[] {
  const found = new Map<string, Model>();
  const waiting = [...chosen];
  for (let model = waiting.pop(); model !== undefined; model = waiting.pop()) {
    if (found.has(model.id)) continue;
    found.set(model.id, model);
    waiting.push(...model.reads.flatMap((id) => models.get(id) ?? []));
  }
  return [...found.values()];
}
