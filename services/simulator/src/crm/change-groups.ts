import { type CrmChange, type CrmTable, rowsOf } from './rows.ts';

/** Changes of one kind to one table that one statement can make. */
export interface ChangeGroup {
  op: CrmChange['op'];
  table: CrmTable;
  /** Columns written, sorted; empty for deletes. */
  columns: readonly string[];
  changes: CrmChange[];
  rows: number;
}

/**
 * Cuts a transaction into few statements without changing what it does: changes of the same row keep their order, and
 * so do a customer's coming and going and the rows that refer to it; the rest may change places.
 */
export function groupChanges(changes: readonly CrmChange[]): ChangeGroup[] {
  const stages: Map<string, ChangeGroup>[] = [];
  const order = new Order();
  for (const change of changes) add((stages[order.stageOf(change)] ??= new Map<string, ChangeGroup>()), change);
  return stages.flatMap((groups) => [...groups.values()]);
}

/** The earliest stage at which each change may be made, stages being done one after the other. */
class Order {
  /** Last stage of each row; of each customer's rows; and of its coming and going. */
  readonly #rows = new Map<string, number>();
  readonly #related = new Map<string, number>();
  readonly #presence = new Map<string, number>();

  stageOf(change: CrmChange): number {
    const { customerId } = change;
    const key = change.op === 'delete_all' ? null : `${change.table}/${change.id}`;
    const isPresence = change.table === 'customers' && change.op !== 'update';
    const isWide = isPresence || key === null;
    const after = Math.max(
      this.#presence.get(customerId) ?? -1,
      (key === null ? undefined : this.#rows.get(key)) ?? -1,
      (isWide ? this.#related.get(customerId) : undefined) ?? -1,
    );
    const stage = after + 1;
    if (key !== null) this.#rows.set(key, stage);
    if (isPresence) this.#presence.set(customerId, stage);
    else this.#related.set(customerId, Math.max(stage, this.#related.get(customerId) ?? -1));
    return stage;
  }
}

function add(groups: Map<string, ChangeGroup>, change: CrmChange): void {
  const columns = 'values' in change ? Object.keys(change.values).toSorted() : [];
  const key = `${change.op}/${change.table}/${columns.join()}`;
  const group = groups.get(key) ?? { op: change.op, table: change.table, columns, changes: [], rows: 0 };
  group.changes.push(change);
  group.rows += rowsOf(change);
  groups.set(key, group);
}
