import type { Clickhouse } from '@ebb/clickhouse';
import { decodeColumns, encodeColumns, type JournalTable, type TableStatus } from './journal.ts';
import type { HistoryRow } from './history-row.ts';
import type { Plan } from './planner.ts';

interface StoredTable {
  table_oid: number;
  schema_name: string;
  table_name: string;
  status: TableStatus;
  reason: string;
  state_table: string;
  log_table: string;
  view_name: string;
  key_columns: string[];
  key_attnums: number[];
  columns: string;
  epoch: number;
  ddl_id: string;
}

const FIELDS = `table_oid, schema_name, table_name, status, reason, state_table, log_table, view_name, key_columns,
  key_attnums, columns, epoch, ddl_id`;

/** ops.captured_tables and ops.ddl_applied: what the sink has made of which schema change. */
export class JournalStore {
  readonly #clickhouse: Clickhouse;

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  async load(): Promise<JournalTable[]> {
    const rows = await this.#clickhouse.query<StoredTable>(`SELECT ${FIELDS} FROM ops.captured_tables FINAL`);
    return rows.map((row) => ({
      oid: row.table_oid,
      schema: row.schema_name,
      table: row.table_name,
      status: row.status,
      reason: row.reason,
      stateTable: row.state_table,
      logTable: row.log_table,
      viewName: row.view_name,
      key: row.key_columns,
      keyAttnums: row.key_attnums,
      columns: decodeColumns(row.columns),
      epoch: row.epoch,
      ddlId: BigInt(row.ddl_id),
    }));
  }

  /** The report first: if the process dies between the two, the change is applied and reported once more. */
  async save(plan: Plan, row: HistoryRow, nowMs: number): Promise<void> {
    await this.#insert('ops.ddl_applied', {
      ddl_id: String(row.id),
      epoch: plan.table.epoch,
      table_oid: row.oid,
      schema_name: row.schema,
      table_name: row.table,
      kind: row.kind,
      origin: row.origin,
      command: row.command ?? '',
      result: plan.result,
      notes: plan.notes,
      applied_at: new Date(nowMs).toISOString().replace('T', ' ').slice(0, -1),
    });
    const { table } = plan;
    await this.#insert('ops.captured_tables', {
      table_oid: table.oid,
      schema_name: table.schema,
      table_name: table.table,
      status: table.status,
      reason: table.reason,
      state_table: table.stateTable,
      log_table: table.logTable,
      view_name: table.viewName,
      key_columns: table.key,
      key_attnums: table.keyAttnums,
      columns: encodeColumns(table.columns),
      epoch: table.epoch,
      ddl_id: String(table.ddlId),
    });
  }

  async #insert(table: string, row: Record<string, unknown>): Promise<void> {
    const body = Buffer.from(`${JSON.stringify(row)}\n`);
    await this.#clickhouse.insert(table, { columns: Object.keys(row), format: 'JSONEachRow', body });
  }
}
