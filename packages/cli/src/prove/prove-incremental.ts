import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '@ebb/core';
import { listenForInterruption } from '@ebb/local-stack';
import { Builds, KILL_TITLES, type KillPoint } from './builds.ts';
import { compareRelations, countRows, fingerprint } from './compare.ts';
import { RollingFixture, type StepPlan, stepPlans } from './fixture/rolling-fixture.ts';
import { type Model, readModels } from './manifest.ts';
import { type Mutant, MUTANTS } from './mutants.ts';
import { copyProject, fullName, type Variants, writeVariants } from './project-copy.ts';
import type { Cell, Proof, ProvedStep, Wrong } from './proof.ts';
import { StatementGate } from './statement-gate.ts';
import { insertRows, openWarehouse, truncateTable, type Warehouse } from './warehouse.ts';

export interface ProveOptions {
  /** The dbt project that is copied. */
  project: string;
  seed: string;
  /** How many steps the fixture takes, the first one being history. */
  steps: number;
  /** Builds that are killed half way. */
  kills: number;
  threads: number;
  /** Whether at the end all models are built twice, to see that the second time changes none. */
  isWhole: boolean;
  /** Business time zone. */
  timezone: string;
  onProgress: (line: string) => void;
}

/** Every incremental model against a full refresh after every step of the fixture, and its mutants likewise. */
export async function proveIncremental(options: ProveOptions): Promise<Proof> {
  const interruption = listenForInterruption('the proof is given up');
  const directory = await mkdtemp(join(tmpdir(), 'ebb-prove-'));
  try {
    return await proveIn(directory, options, interruption.raised);
  } finally {
    interruption.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function proveIn(directory: string, options: ProveOptions, interrupted: Promise<never>): Promise<Proof> {
  const warehouse = await openWarehouse(directory, options.project);
  const gate = await StatementGate.open(warehouse.url);
  const project = join(directory, 'dbt');
  const builds = new Builds(
    { project, workDirectory: directory, threads: options.threads, timezone: options.timezone },
    gate,
  );
  const work = async (): Promise<Proof> => {
    await copyProject(options.project, project);
    await builds.parse();
    const models = await readModels(builds.manifestFile);
    const variants = await writeVariants(project, models, MUTANTS);
    await builds.parse();
    options.onProgress(`${variants.compared.length} models are compared, ${variants.mutated.length} mutants made`);
    return new Prover(options, { warehouse, builds, variants, all: [...models.values()] }).run();
  };
  try {
    return await Promise.race([work(), interrupted]);
  } catch (error) {
    // It would end what it is at first, minutes later.
    await builds.kill();
    throw error;
  } finally {
    await builds.close();
    await gate.close();
    await warehouse.close();
  }
}

interface ProverParts {
  readonly warehouse: Warehouse;
  readonly builds: Builds;
  readonly variants: Variants;
  /** Every model of the project. */
  readonly all: readonly Model[];
}

class Prover {
  readonly #options: ProveOptions;
  readonly #parts: ProverParts;
  readonly #fixture: RollingFixture;
  readonly #wrong: Wrong[] = [];
  readonly #steps: ProvedStep[] = [];
  readonly #caught = new Map<string, Cell>();
  readonly #kills: KillPoint[];
  #killed = 0;

  constructor(options: ProveOptions, parts: ProverParts) {
    this.#options = options;
    this.#parts = parts;
    this.#fixture = new RollingFixture(options.seed);
    this.#kills = killPoints(parts.variants.compared).slice(0, options.kills);
  }

  async run(): Promise<Proof> {
    for (const plan of stepPlans(this.#options.steps)) await this.#step(plan);
    if (this.#options.isWhole) await this.#buildWholeTwice();
    const { variants, warehouse } = this.#parts;
    const rows = new Map<string, number>();
    for (const model of variants.compared) rows.set(model.name, await countRows(warehouse.clickhouse, relation(model)));
    return {
      seed: this.#options.seed,
      steps: this.#steps,
      kinds: this.#fixture.counts.entries(),
      models: variants.compared.map((model) => ({ name: model.name, rows: rows.get(model.name) ?? 0 })),
      cells: this.#cells(),
      wrong: this.#wrong,
    };
  }

  async #step(plan: StepPlan): Promise<void> {
    const { warehouse, builds, variants } = this.#parts;
    const startedAt = performance.now();
    const isFirst = this.#steps.length === 0;
    const step = this.#fixture.next(plan);
    await insertRows(warehouse.clickhouse, step.rows);
    if (plan.truncates !== undefined) await truncateTable(warehouse.clickhouse, plan.truncates);
    const before =
      step.rows.size === 0 && plan.days === 0 && plan.truncates === undefined
        ? await this.#fingerprints(variants.compared)
        : null;
    const kill = plan.load > 0 && !isFirst ? this.#kills[this.#killed] : undefined;
    if (kill !== undefined) {
      this.#killed += 1;
      await builds.buildAndKill(step.asOf, names(variants.chain), kill);
    }
    // A mutant that was caught has told what it can.
    const mutants = variants.mutated.filter(({ model, mutant }) => !this.#caught.has(cellKey(model, mutant)));
    const copies = [...variants.chain.map(fullName), ...mutants.map(({ name }) => name)];
    await builds.build(step.asOf, [...names(variants.chain), ...copies], { seed: isFirst });
    const done = {
      number: this.#steps.length + 1,
      name: step.name,
      asOf: step.asOf,
      rows: [...step.rows.values()].reduce((sum, rows) => sum + rows.length, 0),
      killed: kill === undefined ? null : `${kill.relation} ${KILL_TITLES[kill.before]}`,
    };
    this.#steps.push(done);
    await this.#compare(done);
    if (before !== null) await this.#checkUnchanged(done, before, variants.compared);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    this.#options.onProgress(`step ${done.number}, ${done.name}, as of ${done.asOf}: ${done.rows} rows, ${seconds} s`);
  }

  async #compare(step: ProvedStep): Promise<void> {
    const { clickhouse } = this.#parts.warehouse;
    for (const model of this.#parts.variants.compared) {
      const full = { schema: model.schema, name: fullName(model) };
      const difference = await compareRelations(clickhouse, relation(model), full);
      if (difference.rows > 0) this.#wrong.push({ model: model.name, step, what: 'differs', ...difference });
    }
    for (const { model, mutant, name } of this.#parts.variants.mutated) {
      const key = cellKey(model, mutant);
      if (this.#caught.has(key)) continue;
      const full = { schema: model.schema, name: fullName(model) };
      const { rows } = await compareRelations(clickhouse, { schema: model.schema, name }, full);
      if (rows > 0) this.#caught.set(key, { kind: 'caught', step: step.number, rows });
    }
  }

  async #buildWholeTwice(): Promise<void> {
    const { builds, all } = this.#parts;
    const last = must(this.#steps.at(-1), 'a step');
    await builds.build(last.asOf, names(all));
    const before = await this.#fingerprints(all);
    await builds.build(last.asOf, names(all));
    await this.#checkUnchanged(last, before, all);
    this.#options.onProgress(`all ${all.length} models built twice`);
  }

  async #fingerprints(models: readonly Model[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const model of models) {
      found.set(model.name, await fingerprint(this.#parts.warehouse.clickhouse, relation(model)));
    }
    return found;
  }

  async #checkUnchanged(
    step: ProvedStep,
    before: ReadonlyMap<string, string>,
    models: readonly Model[],
  ): Promise<void> {
    for (const [model, now] of await this.#fingerprints(models)) {
      const then = must(before.get(model), 'fingerprinted before');
      if (then === now) continue;
      this.#wrong.push({ model, step, what: 'changed by a build without new rows', rows: 0, examples: [then, now] });
    }
  }

  #cells(): Proof['cells'] {
    const { variants } = this.#parts;
    const tested = variants.mutated.map(({ model, mutant }) => ({
      model: model.name,
      mutant: mutant.name,
      cell: this.#caught.get(cellKey(model, mutant)) ?? { kind: 'survived' as const },
    }));
    const others = variants.inapplicable.map(({ model, mutant, reason }) => ({
      model: model.name,
      mutant: mutant.name,
      cell: { kind: 'not applicable' as const, reason },
    }));
    return [...tested, ...others];
  }
}

/** Every point of every model that rebuilds days, the different points first. */
function killPoints(models: readonly Model[]): KillPoint[] {
  const incremental = models.filter(({ materialized }) => materialized === 'incremental');
  return (['insert', 'mark', 'delete'] as const).flatMap((before, shift) =>
    incremental.map((_, index) => {
      const model = must(incremental[(index * 3 + shift) % incremental.length], 'within the list');
      return { relation: `${model.schema}.${model.name}`, before };
    }),
  );
}

function cellKey(model: Model, mutant: Mutant): string {
  return `${model.name} ${mutant.name}`;
}

function relation({ schema, name }: Model): { schema: string; name: string } {
  return { schema, name };
}

function names(models: readonly Model[]): string[] {
  return models.map(({ name }) => name);
}
