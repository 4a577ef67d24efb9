import { join } from 'node:path';
import { must } from '@ebb/core';
import { DbtSession, type DbtSessionOptions } from './dbt-session.ts';
import { ProveError } from './errors.ts';
import type { StatementGate } from './statement-gate.ts';

/** Where in a model's rebuilding the build dies: before the statement that is named reaches ClickHouse. */
export interface KillPoint {
  /** `staging.stg_website_events` */
  readonly relation: string;
  readonly before: 'delete' | 'insert' | 'mark';
}

export const KILL_TITLES: Readonly<Record<KillPoint['before'], string>> = {
  delete: 'before its old rows give way',
  insert: 'before its new rows take their place',
  mark: 'after that, before it is noted how far it read',
};

/** Builds of the copied project, one after the other, through a gate at which one of them can be killed. */
export class Builds {
  readonly #options: Omit<DbtSessionOptions, 'clickhouseUrl'>;
  readonly #gate: StatementGate;
  #session: DbtSession | null = null;
  #number = 0;

  constructor(options: Omit<DbtSessionOptions, 'clickhouseUrl'>, gate: StatementGate) {
    this.#options = options;
    this.#gate = gate;
  }

  get manifestFile(): string {
    return join(this.#options.workDirectory, 'target/manifest.json');
  }

  /** Reads the project; again after its files were changed. */
  async parse(): Promise<void> {
    await this.#dbt().run('parse');
  }

  /** Opens a build as of the day and makes the models; `seed` makes the seeds as well. */
  async build(asOf: string, models: readonly string[], options: { seed?: boolean } = {}): Promise<void> {
    const id = await this.#open(asOf);
    if (options.seed === true) await this.#dbt().run('seed', '--vars', `{build_id: ${id}}`);
    await this.#dbt().run('run', '--vars', `{build_id: ${id}}`, '--select', ...models);
  }

  /** Begins a build, and kills dbt where the point says. Raises NOTHING_KILLED when the build ended before. */
  async buildAndKill(asOf: string, models: readonly string[], point: KillPoint): Promise<void> {
    const id = await this.#open(asOf);
    const victim = this.#dbt();
    const isDeadly = deadlyStatement(point);
    let killed: Promise<void> | null = null;
    this.#gate.guard((statement) => {
      if (killed === null && isDeadly(statement)) killed = victim.kill();
      // What the dying process still sends does not arrive either.
      return killed === null;
    });
    try {
      await victim.run('run', '--vars', `{build_id: ${id}}`, '--select', ...models);
      throw new ProveError('NOTHING_KILLED', `no ${point.before} of ${point.relation} in build ${id}`);
    } catch (error) {
      if (!(error instanceof ProveError && error.code === 'DBT_ENDED' && killed !== null)) throw error;
      await victim.ended;
      this.#session = null;
    } finally {
      this.#gate.openWide();
    }
  }

  /** Ends dbt, whatever it is at. */
  async kill(): Promise<void> {
    await this.#session?.kill();
  }

  async close(): Promise<void> {
    await this.#session?.close();
    this.#session = null;
  }

  async #open(asOf: string): Promise<string> {
    this.#number += 1;
    const id = `p${20_260_101_000_000 + this.#number}_0000`;
    await this.#dbt().run('run-operation', 'open_candidate', '--args', `{id: ${id}, as_of: ${asOf}}`);
    return id;
  }

  #dbt(): DbtSession {
    this.#session ??= new DbtSession({ ...this.#options, clickhouseUrl: this.#gate.url });
    return must(this.#session, 'just started');
  }
}

function deadlyStatement({ relation, before }: KillPoint): (statement: string) => boolean {
  const name = relation
    .split('.')
    .map((part) => `\`?${part}\`?`)
    .join('\\.');
  const patterns = {
    // The days of a partitioned model that stay are copied beside the new ones instead.
    delete: new RegExp(`delete from ${name}\\s|insert into [^]* from ${name} where has\\(`, 'i'),
    insert: new RegExp(`alter table ${name} (attach|replace|drop) partition`, 'i'),
    mark: new RegExp(`insert into ops\\.model_vector [^]*'${relation.replace('.', '\\.')}'`, 'i'),
  };
  return (statement) => patterns[before].test(statement);
}
