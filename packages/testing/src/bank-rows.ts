import { readFileSync } from 'node:fs';
import type { Clickhouse } from '@ebb/clickhouse';
import { BANK_FIXTURE, type BankTable } from '@ebb/datasets';

export type BankRow = Readonly<Record<string, string | boolean | null>>;

const KEYS: Readonly<Record<BankTable, string>> = {
  customers: 'customer_id',
  transactions: 'transaction_id',
  support_tickets: 'ticket_id',
  offers: 'offer_id',
  usage_logs: 'usage_log_id',
};
const EPOCH = 1n << 112n;

/** The captured tables of the bank's fixture, as the sink stores them: each change one version later than the last. */
export class BankRows {
  readonly #clickhouse: Clickhouse;
  #changes = 0;

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  async loadAll(at: string): Promise<void> {
    for (const table of Object.keys(KEYS) as BankTable[]) await this.change(table, readTable(table), { at, op: 'c' });
  }

  async change(
    table: BankTable,
    rows: readonly BankRow[],
    { at, op }: { at: string; op: 'c' | 'u' | 'd' | 'r' },
  ): Promise<void> {
    const body = rows.map((row) => `${JSON.stringify(this.#stored(row, at, op))}\n`).join('');
    const columns = Object.keys(this.#stored(rows[0] ?? {}, at, op));
    for (const name of [`raw.crm_${table}`, `raw.crm_${table}_log`]) {
      await this.#clickhouse.insert(name, { columns, format: 'JSONEachRow', body: Buffer.from(body) });
    }
  }

  /** Everything of a table that is there so far is gone. */
  async truncate(table: BankTable, at: string): Promise<void> {
    await this.#clickhouse.command(
      `INSERT INTO ops.barriers (table_oid, table_name, version, reason, made_at)
       SELECT toUInt32(extract(as_select, 'table_oid = ([0-9]+)')), 'crm.${table}', {version: UInt128}, 'truncate', {at: String}
       FROM system.tables WHERE database = 'raw' AND name = 'crm_${table}_current'`,
      { version: String(EPOCH + BigInt((this.#changes += 1))), at },
    );
  }

  row(table: BankTable, id: string): BankRow {
    const found = readTable(table).find((row) => row[KEYS[table]] === id);
    if (found === undefined) throw new Error(`no ${table} ${id} in the fixture`);
    return found;
  }

  #stored(row: BankRow, at: string, op: string): Record<string, unknown> {
    this.#changes += 1;
    return {
      source: 'bank',
      ...row,
      _version: String(EPOCH + BigInt(this.#changes)),
      _deleted: op === 'd' ? 1 : 0,
      _op: op,
      _commit_time: at,
      _partition: 0,
      _offset: this.#changes,
      _kafka_time: at,
    };
  }
}

function readTable(table: BankTable): BankRow[] {
  const [header = '', ...lines] = readFileSync(BANK_FIXTURE.tables[table].path, 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',').map((cell, index) => [names[index] ?? '', valueOf(cell)] as const);
    return Object.fromEntries(cells.filter(([name]) => name !== 'invented'));
  });
}

function valueOf(cell: string): string | boolean | null {
  if (cell === '') return null;
  if (cell === 'true' || cell === 'false') return cell === 'true';
  return /^\d{4}-.*Z$/.test(cell) ? cell.replace('T', ' ').replace('Z', '') : cell;
}
