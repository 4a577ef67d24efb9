import type { Migration } from '../../api-types.ts';

export interface MatrixRow {
  readonly from: string;
  /** By the clusters of now, in the order of the matrix's columns; 0 where nobody went that way. */
  readonly customers: readonly number[];
  readonly total: number;
}

export interface Matrix {
  readonly columns: readonly string[];
  readonly rows: readonly MatrixRow[];
  /** Customers of both runs, and how many of them are where they were. */
  readonly ofBoth: number;
  readonly stayed: number;
}

const NO_CLUSTER = 'in no cluster';

/** Who went from one cluster to another: rows are those before, columns those of now, by name; newcomers and leavers last. */
export function migrationMatrix(moves: Migration['moves']): Matrix {
  const named = moves.map(({ from, to, customers }) => ({
    from: nameOf(from, 'new'),
    to: nameOf(to, 'gone'),
    customers,
    isOfBoth: from !== null && to !== null,
    hasStayed: from === to,
  }));
  const columns = inOrder(
    named.map(({ to }) => to),
    'gone',
  );
  const rows = inOrder(
    named.map(({ from }) => from),
    'new',
  ).map((from): MatrixRow => {
    const own = named.filter((move) => move.from === from);
    const customers = columns.map((to) => sum(own.filter((move) => move.to === to)));
    return { from, customers, total: sum(own) };
  });
  const ofBoth = named.filter(({ isOfBoth }) => isOfBoth);
  return { columns, rows, ofBoth: sum(ofBoth), stayed: sum(ofBoth.filter(({ hasStayed }) => hasStayed)) };
}

function nameOf(cluster: string | null, absent: string): string {
  if (cluster === null) return absent;
  return cluster === '' ? NO_CLUSTER : cluster;
}

function inOrder(names: readonly string[], absent: string): string[] {
  const last = [NO_CLUSTER, absent];
  const clusters = [...new Set(names)].filter((name) => !last.includes(name)).toSorted((a, b) => a.localeCompare(b));
  return [...clusters, ...last.filter((name) => names.includes(name))];
}

function sum(moves: readonly { readonly customers: number }[]): number {
  return moves.reduce((total, { customers }) => total + customers, 0);
}
