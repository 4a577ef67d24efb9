import { type Clickhouse, isClickhouseTransient } from '@ebb/clickhouse';
import { errorMessage } from '@ebb/core';
import type { Logger } from '@ebb/runtime';
import type { Action } from './actions.ts';
import { statementsOf, unkeyedRows } from './ddl.ts';
import type { HistoryRow } from './history-row.ts';
import type { JournalStore } from './journal-store.ts';
import type { JournalTable } from './journal.ts';
import { type Plan, planChange } from './planner.ts';

export interface ApplierDeps {
  readonly clickhouse: Clickhouse;
  readonly store: JournalStore;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** The connector's own tables: they are captured, but nobody reads them in ClickHouse. */
const OWN_SCHEMA = 'ops';
/** Brings ClickHouse to what rows of the schema history say, one row after the other, and keeps the journal of it. */
export class SchemaApplier {
  readonly #deps: ApplierDeps;
  #tables = new Map<number, JournalTable>();
  #openedAtMs = 0;
  readonly #changedAtMs = new Map<number, number>();

  constructor(deps: ApplierDeps) {
    this.#deps = deps;
  }

  get tables(): ReadonlyMap<number, JournalTable> {
    return this.#tables;
  }

  /** When the table's state was last seen to change; since the start it was as it is, at least. */
  changedAtMs(oid: number): number {
    return this.#changedAtMs.get(oid) ?? this.#openedAtMs;
  }

  async open(): Promise<void> {
    this.#openedAtMs = this.#deps.nowMs();
    this.#tables = new Map((await this.#deps.store.load()).map((table) => [table.oid, table]));
  }

  /** Whether the row asks for anything that the journal does not say is done. */
  isPending(row: HistoryRow, epoch: number): boolean {
    if (row.schema === OWN_SCHEMA) return false;
    const known = this.#tables.get(row.oid);
    return known === undefined || known.epoch < epoch || (known.epoch === epoch && known.ddlId < row.id);
  }

  /**
   * Applies a pending row. Safe to repeat: the plan depends on journal and row alone, its statements may run twice, and
   * the journal is written last. Throws while ClickHouse is away; a statement it refuses stops the table alone.
   */
  async apply(row: HistoryRow, epoch: number): Promise<Plan> {
    const known = this.#tables.get(row.oid);
    const others = [...this.#tables.values()].filter(({ oid }) => oid !== row.oid);
    const plan = planChange(known, row, { epoch, others });
    const outcome = await this.#run(plan, known);
    const { store, logger, nowMs } = this.#deps;
    await store.save(outcome, row, nowMs());
    this.#tables.set(row.oid, outcome.table);
    this.#changedAtMs.set(row.oid, nowMs());
    const fields = { table: `${row.schema}.${row.table}`, ddlId: String(row.id), kind: row.kind, notes: outcome.notes };
    if (outcome.result === 'stopped') logger.error({ event: 'captured_table_stopped', ...fields });
    else if (outcome.result === 'applied') logger.info({ event: 'schema_change_applied', ...fields });
    return outcome;
  }

  async #run(plan: Plan, known: JournalTable | undefined): Promise<Plan> {
    try {
      for (const action of plan.actions) await this.#act(action);
      return plan;
    } catch (error) {
      if (isClickhouseTransient(error)) throw error;
      // Columns and key stay as they were, so that the next change starts from what there is.
      const reason = `ClickHouse cannot follow the change: ${errorMessage(error)}`;
      const { table } = plan;
      const kept: JournalTable = known ?? {
        ...table,
        stateTable: '',
        logTable: '',
        key: [],
        keyAttnums: [],
        columns: [],
      };
      const { oid, schema, table: name, epoch, ddlId } = table;
      const stopped: JournalTable = { ...kept, oid, schema, table: name, epoch, ddlId, status: 'stopped', reason };
      return { table: stopped, actions: [], result: 'stopped', notes: [reason] };
    }
  }

  async #act(action: Action): Promise<void> {
    const { clickhouse } = this.#deps;
    if (action.kind === 'rebuild') {
      const found = await clickhouse.query<{ rows: string }>(unkeyedRows(action.from, action.to));
      const rows = Number(found[0]?.rows ?? 0);
      if (rows > 0) {
        throw new Error(
          `${rows} rows have no value of the new key (${action.to.key.join(', ')}) yet: read them again first`,
        );
      }
    }
    for (const statement of statementsOf(action)) {
      await clickhouse.command(statement, undefined, { settings: DDL_SETTINGS });
    }
  }
}

/** A change of a column is done when the statement ends. */
const DDL_SETTINGS = { mutations_sync: 2, alter_sync: 2 } as const;
