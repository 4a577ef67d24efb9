import { createHash } from 'node:crypto';
import { EbbError, must } from '@ebb/core';
import { type Pool, type PoolClient, quoteIdentifier, withTransaction } from '@ebb/postgres';
import type { SimulatorErrorCode } from '../errors.ts';
import { type ChangeGroup, groupChanges } from './change-groups.ts';
import { CRM_TABLES, type CrmChange } from './rows.ts';

export interface CrmBatch {
  changes: readonly CrmChange[];
  /** Steps it takes the world from and to. */
  fromStep: number;
  toStep: number;
  /** The plan as it stands after the batch. */
  plan: string;
}

export interface Progress {
  plan: string;
  nextStep: number;
}

/** Writes the world's transactions to Postgres, each together with how far the world has come. */
export class CrmStore {
  readonly #pool: Pool;
  readonly #source: string;
  readonly #name: string;

  /** `name`: of the progress, one per world. */
  constructor(pool: Pool, { source, name }: { source: string; name: string }) {
    this.#pool = pool;
    this.#source = source;
    this.#name = name;
  }

  async readProgress(): Promise<Progress | null> {
    const { rows } = await this.#pool.query<{ plan: string; next_step: string }>(
      'SELECT plan, next_step FROM ops.simulator_progress WHERE name = $1',
      [this.#name],
    );
    const [row] = rows;
    return row === undefined ? null : { plan: row.plan, nextStep: Number(row.next_step) };
  }

  async begin(plan: string): Promise<void> {
    await this.#pool.query('INSERT INTO ops.simulator_progress (name, plan, next_step) VALUES ($1, $2, 0)', [
      this.#name,
      plan,
    ]);
  }

  /** Forgets a world: deletes its rows and its progress. */
  async forget(): Promise<void> {
    await withTransaction(this.#pool, async (client) => {
      for (const table of ['transactions', 'support_tickets', 'offers', 'usage_logs', 'customers']) {
        await client.query(`DELETE FROM crm.${quoteIdentifier(table)} WHERE source = $1`, [this.#source]);
      }
      await client.query('DELETE FROM ops.simulator_progress WHERE name = $1', [this.#name]);
    });
  }

  /**
   * One transaction. Repeating a batch whose commit may or may not have happened is safe: progress tells. Raises
   * CRM_OTHER_WRITER when another program has moved the world on.
   */
  async write(batch: CrmBatch): Promise<void> {
    await withTransaction(this.#pool, async (client) => {
      if (!(await this.#moveProgress(client, batch))) return;
      const groups = groupChanges(batch.changes);
      if (groups.some(({ op, table }) => op === 'delete' && table === 'customers')) {
        await client.query('SET CONSTRAINTS ALL DEFERRED');
      }
      for (const group of groups) await this.#apply(client, group);
    });
  }

  /** False where this very batch was committed before. */
  async #moveProgress(client: PoolClient, { fromStep, toStep, plan }: CrmBatch): Promise<boolean> {
    const { rowCount } = await client.query({
      name: 'crm-progress',
      text: `UPDATE ops.simulator_progress SET next_step = $3, plan = $4, updated_at = now()
        WHERE name = $1 AND next_step = $2`,
      values: [this.#name, fromStep, toStep, plan],
    });
    if (rowCount === 1) return true;
    const { rows } = await client.query<{ next_step: string }>(
      'SELECT next_step FROM ops.simulator_progress WHERE name = $1',
      [this.#name],
    );
    const at = rows[0]?.next_step;
    if (at === String(toStep)) return false;
    throw new EbbError<SimulatorErrorCode>(
      'CRM_OTHER_WRITER',
      `${this.#name} stands at step ${at ?? 'none'}, not ${String(fromStep)}: another simulator writes source ${this.#source}; stop one of them`,
    );
  }

  async #apply(client: PoolClient, group: ChangeGroup): Promise<void> {
    await client.query({ ...prepared(group), values: [this.#source, ...parameters(group)] });
  }
}

const statements = new Map<string, { name: string; text: string }>();

/** A statement per shape of change, prepared once per connection; Postgres cuts names longer than these. */
function prepared(group: ChangeGroup): { name: string; text: string } {
  const shape = `${group.op} ${group.table} ${group.columns.join()}`;
  const known = statements.get(shape);
  if (known !== undefined) return known;
  const made = {
    name: `crm-${createHash('sha1').update(shape).digest('hex')}`,
    text: STATEMENTS[group.op](group),
  };
  statements.set(shape, made);
  return made;
}

const STATEMENTS: Readonly<Record<ChangeGroup['op'], (group: ChangeGroup) => string>> = {
  insert: ({ table, columns }) => {
    const { id, types } = CRM_TABLES[table];
    return `INSERT INTO crm.${table} (source, ${[id, ...columns].join(', ')})
      SELECT $1, * FROM ${unnest(columns, types)}`;
  },
  update: ({ table, columns }) => {
    const { id, types } = CRM_TABLES[table];
    const sets = columns.map((column, index) => `${column} = u.c${String(index)}`);
    const names = ['id', ...columns.map((_, index) => `c${String(index)}`)];
    return `UPDATE crm.${table} t SET ${sets.join(', ')} FROM ${unnest(columns, types)} AS u (${names.join(', ')})
      WHERE t.source = $1 AND t.${id} = u.id`;
  },
  delete: ({ table }) => `DELETE FROM crm.${table} WHERE source = $1 AND ${CRM_TABLES[table].id} = ANY ($2::text[])`,
  delete_all: ({ table }) => `DELETE FROM crm.${table} WHERE source = $1 AND customer_id = ANY ($2::text[])`,
};

function unnest(columns: readonly string[], types: Readonly<Record<string, string>>): string {
  const arrays = columns.map((column, index) => {
    return `$${String(index + 3)}::${must(types[column], `a known column, not ${column}`)}[]`;
  });
  return `unnest(${['$2::text[]', ...arrays].join(', ')})`;
}

function parameters({ columns, changes }: ChangeGroup): unknown[][] {
  const keys = changes.map((change) => (change.op === 'delete_all' ? change.customerId : change.id));
  const values = columns.map((column) =>
    changes.map((change) => ('values' in change ? (change.values[column] ?? null) : null)),
  );
  return [keys, ...values];
}
