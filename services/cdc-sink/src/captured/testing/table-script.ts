import type { HistoryColumn, HistoryRow } from '../history-row.ts';
import { historyRow } from './column.ts';
import { type ChangeInput, changeMessage, type Row } from './debezium.ts';
import type { Harness, TestPartition } from './harness.ts';

let nextId = 1;
let nextOid = 20_000;
let lsn = 1_000_000;

/** Writes a table's schema changes and row changes in the order Postgres would log them. */
export class TableScript {
  readonly #harness: Harness;
  readonly oid: number;
  name: string;
  log: TestPartition;
  #columns: readonly HistoryColumn[] = [];

  constructor(harness: Harness, name: string) {
    this.#harness = harness;
    this.name = name;
    this.oid = nextOid++;
    this.log = { topic: `cdc.crm.${name}`, partition: 0, messages: [] };
  }

  /** A statement that leaves the table with these columns. */
  ddl(columns: readonly HistoryColumn[], over: Partial<HistoryRow> = {}): HistoryRow {
    lsn += 100;
    const kind = this.#columns.length === 0 ? 'create' : 'alter';
    const table = over.table ?? this.name;
    const row = historyRow({ id: BigInt(nextId++), lsn: BigInt(lsn), columns, kind, oid: this.oid, ...over, table });
    this.#harness.history.rows.push(row);
    this.#columns = columns;
    if (table !== this.name) this.log = { topic: `cdc.crm.${table}`, partition: 0, messages: [] };
    this.name = table;
    return row;
  }

  change(change: Pick<ChangeInput, 'op' | 'before' | 'after' | 'snapshot' | 'epoch'>): void {
    lsn += 100;
    const at = { commit: lsn - 10, lsn, table: this.name };
    this.log.messages.push(changeMessage(this.log.messages.length, { ...change, ...at }));
  }

  insert(...rows: Row[]): void {
    for (const after of rows) this.change({ op: 'c', after });
  }

  update(before: Row, after: Row): void {
    this.change({ op: 'u', before, after });
  }

  /** All rows, read again. */
  resnapshot(...rows: Row[]): void {
    for (const after of rows) this.change({ op: 'r', after, snapshot: 'incremental' });
  }

  async deliver(): Promise<void> {
    await this.#harness.deliver(this.log);
  }

  /** What the current view shows, without our own columns. */
  async shown(): Promise<Row[]> {
    const rows = await this.#harness.current(`crm_${this.name}`, '1');
    return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_'))));
  }
}
