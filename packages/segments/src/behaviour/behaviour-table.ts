import { SegmentsError } from '../errors.ts';
import { BEHAVIOUR_FEATURES, type BehaviourFeature, type Flag } from './behaviour-features.ts';

/** Customers, ascending by code units, each once, and what is known of them. */
export interface BehaviourTable {
  readonly customers: readonly string[];
  /** By name of a feature, for those that there are, in their own units; NaN: the customer has no such figure. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** 1: the account is closed. They are counted and belong to no cluster. */
  readonly isClosed: Uint8Array;
}

/** Brings rows of any order into the one of the customers. Raises BAD_TABLE for a customer twice or columns too short. */
export function behaviourTable({ customers, columns, isClosed }: BehaviourTable): BehaviourTable {
  for (const [name, { length }] of [...columns, ['is_closed', isClosed] as const]) {
    if (length === customers.length) continue;
    throw new SegmentsError('BAD_TABLE', `${length} values of ${name} for ${customers.length} customers`);
  }
  const nameAt = (row: number): string => customers[row] ?? '';
  const order = [...customers.keys()].toSorted((a, b) => (nameAt(a) < nameAt(b) ? -1 : 1));
  const table = selectCustomers({ customers, columns, isClosed }, order);
  const twice = table.customers.find((name, row) => row > 0 && name === table.customers[row - 1]);
  if (twice !== undefined) throw new SegmentsError('BAD_TABLE', `customer ${JSON.stringify(twice)} is there twice`);
  return table;
}

/** The customers who are clustered. Raises NO_CUSTOMERS. */
export function openCustomers(table: BehaviourTable): BehaviourTable {
  const open = selectCustomers(
    table,
    [...table.customers.keys()].filter((row) => table.isClosed[row] !== 1),
  );
  if (open.customers.length > 0) return open;
  throw new SegmentsError('NO_CUSTOMERS', `of ${table.customers.length} customers none has an open account`);
}

function selectCustomers(table: BehaviourTable, rows: readonly number[]): BehaviourTable {
  const { customers, columns, isClosed } = table;
  // Most often all of them in their order: a large table need not be there twice.
  if (rows.length === customers.length && rows.every((row, at) => row === at)) return table;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  return {
    customers: rows.map((row) => customers[row] ?? ''),
    columns: new Map([...columns].map(([name, values]) => [name, pick(values)])),
    isClosed: Uint8Array.from(rows, (row) => isClosed[row] ?? 0),
  };
}

/** 1 for who has a figure that the flag stands for, 0 for who has none; null where no such column is there. */
export function flagColumn({ customers, columns }: BehaviourTable, flag: Flag): Float64Array | null {
  const telling = BEHAVIOUR_FEATURES.filter((feature) => feature.flag === flag)
    .map(({ name }) => columns.get(name))
    .filter((column) => column !== undefined);
  if (telling.length === 0) return null;
  return Float64Array.from(customers, (_, row) => (telling.some((column) => !Number.isNaN(column[row])) ? 1 : 0));
}

/**
 * Only what may be unknown is unknown, and all of it at once: an order value that is missing where a purchase is known is
 * a rate of exchange that is missing, no sign of never having bought. Raises BAD_TABLE.
 */
export function checkFigures(table: BehaviourTable, features: readonly BehaviourFeature[]): void {
  for (const { name, flag } of features) {
    const column = table.columns.get(name) ?? new Float64Array();
    const isKnown = flag === null ? null : flagColumn(table, flag);
    const wrong = column.findIndex((value, row) => !Number.isFinite(value) && isKnown?.[row] !== 0);
    if (wrong === -1) continue;
    throw new SegmentsError(
      'BAD_TABLE',
      `${name} of customer ${JSON.stringify(table.customers[wrong])} is ${column[wrong]}: it is missing in the marts, as ` +
        'spend is where a rate of exchange is; nobody is left out or counted as 0',
    );
  }
}
