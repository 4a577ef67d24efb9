import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ProveError } from './errors.ts';
import { type Model, withUpstream } from './manifest.ts';
import { CUSTOMER_MODELS, MACRO_PATCHES, type Mutant, MUTANT_MACROS } from './mutants.ts';

/** A mutated model that stands in the copied project. */
export interface Variant {
  readonly model: Model;
  readonly mutant: Mutant;
  readonly name: string;
}

/** A mutant that a model cannot have. */
export interface Inapplicable {
  readonly model: Model;
  readonly mutant: Mutant;
  readonly reason: string;
}

export interface Variants {
  /** Models that the proof compares with their full refresh. */
  readonly compared: readonly Model[];
  /** These and all they read; all of them exist again as `<name>__full`. */
  readonly chain: readonly Model[];
  readonly mutated: readonly Variant[];
  readonly inapplicable: readonly Inapplicable[];
}

const BUILDS = 'macros/builds';

/** Copies the project, without what tools left in it; its macros get the mistakes, for models marked with them alone. */
export async function copyProject(from: string, to: string): Promise<void> {
  const left = new Set(['target', 'logs', 'dbt_packages', '__pycache__']);
  await cp(from, to, { recursive: true, filter: (path) => !left.has(basename(path)) });
  await patchMacros(to);
}

/**
 * Writes beside every model of the chain one that is always refreshed in full and reads only such, and beside every
 * compared model its mutants, which read what the project's own models read. One run of dbt then makes all of them.
 */
export async function writeVariants(
  projectDir: string,
  models: ReadonlyMap<string, Model>,
  mutants: readonly Mutant[],
): Promise<Variants> {
  const compared = comparedModels(models);
  const chain = withUpstream(models, compared);
  const names = new Set(chain.map(({ name }) => name));
  for (const model of chain) {
    await writeModel(projectDir, model, fullName(model), fullRefresh(model, names));
  }
  const mutated: Variant[] = [];
  const inapplicable: Inapplicable[] = [];
  for (const model of compared) {
    for (const mutant of mutants) {
      const result = mutant.apply(model);
      if ('reason' in result) {
        inapplicable.push({ model, mutant, reason: result.reason });
        continue;
      }
      const name = `${model.name}__${mutant.name}`;
      await writeModel(projectDir, model, name, withConfig(result.sql, result.config));
      mutated.push({ model, mutant, name });
    }
  }
  return { compared, chain, mutated, inapplicable };
}

export function fullName({ name }: Model): string {
  return `${name}__full`;
}

function comparedModels(models: ReadonlyMap<string, Model>): Model[] {
  const found = [...models.values()].filter(
    ({ name, materialized }) => materialized === 'incremental' || Object.hasOwn(CUSTOMER_MODELS, name),
  );
  if (!found.some(({ materialized }) => materialized === 'incremental')) {
    throw new ProveError('NOTHING_TO_PROVE', 'the dbt project has no incremental model');
  }
  return found.toSorted((a, b) => (`${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1));
}

function fullRefresh({ sql }: Model, names: ReadonlySet<string>): string {
  const refs = sql.replaceAll(/\bref\(\s*(['"])(\w+)\1\s*\)/g, (call, quote: string, name: string) =>
    names.has(name) ? `ref(${quote}${name}__full${quote})` : call,
  );
  return withConfig(refs, { full_refresh: 'true' });
}

/** The project's contracts are kept by its own models; a copy has no description that could hold one. */
function withConfig(sql: string, config: Readonly<Record<string, string>>): string {
  const entries = Object.entries({ contract: `{'enforced': false}`, ...config });
  return `${sql}\n{{ config(${entries.map(([key, value]) => `${key}=${value}`).join(', ')}) }}\n`;
}

async function writeModel(projectDir: string, model: Model, name: string, sql: string): Promise<void> {
  await writeFile(join(projectDir, dirname(model.file), `${name}.sql`), sql);
}

async function patchMacros(projectDir: string): Promise<void> {
  for (const { file, from, to } of MACRO_PATCHES) {
    const path = join(projectDir, BUILDS, file);
    const text = await readFile(path, 'utf8');
    if (!text.includes(from)) {
      throw new ProveError('MUTANT_NOT_APPLICABLE', `dbt/${BUILDS}/${file} has no "${from}": change the mutants too`);
    }
    await writeFile(
      path,
      text.replace(from, () => to),
    );
  }
  await writeFile(join(projectDir, BUILDS, 'mutants.sql'), MUTANT_MACROS);
}
