import { SegmentsError } from './errors.ts';

/** Costs of giving row `r` to column `c`, at `r * columns + c`. */
export interface Costs {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The column of every row so that the costs add up to the least, each column taken once; −1 for rows that go without,
 * where columns are fewer. Shortest augmenting paths with dual prices: H. W. Kuhn, The Hungarian method for the
 * assignment problem, Naval Research Logistics Quarterly 2 (1955), in the O(n³) form of R. Jonker & A. Volgenant,
 * A shortest augmenting path algorithm for dense and sparse linear assignment problems, Computing 38 (1987).
 * Of equally good ones it takes the same each time. Raises BAD_COSTS.
 */
export function optimalAssignment(costs: Costs): Int32Array {
  checkCosts(costs);
  if (costs.rows <= costs.columns) return assignRows(costs);
  const rowOfColumn = assignRows(transposed(costs));
  const columnOfRow = new Int32Array(costs.rows).fill(-1);
  for (const [column, row] of rowOfColumn.entries()) columnOfRow[row] = column;
  return columnOfRow;
}

/** Needs at least as many columns as rows. Rows and columns count from 1 here; 0 stands for none. */
function assignRows(costs: Costs): Int32Array {
  const state: Duals = {
    rowPrice: new Float64Array(costs.rows + 1),
    columnPrice: new Float64Array(costs.columns + 1),
    rowOfColumn: new Int32Array(costs.columns + 1),
  };
  for (let row = 1; row <= costs.rows; row += 1) augment(costs, state, row);
  const columnOfRow = new Int32Array(costs.rows).fill(-1);
  for (let column = 1; column <= costs.columns; column += 1) {
    const row = state.rowOfColumn[column] ?? 0;
    if (row > 0) columnOfRow[row - 1] = column - 1;
  }
  return columnOfRow;
}

interface Duals {
  readonly rowPrice: Float64Array;
  readonly columnPrice: Float64Array;
  readonly rowOfColumn: Int32Array;
}

/** Finds the cheapest path from `row` to a free column and gives every column on it to the row before. */
function augment(costs: Costs, state: Duals, row: number): void {
  const { rowOfColumn } = state;
  const slack = new Float64Array(costs.columns + 1).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Int32Array(costs.columns + 1);
  const isReached = new Uint8Array(costs.columns + 1);
  rowOfColumn[0] = row;
  let column = 0;
  do {
    isReached[column] = 1;
    relax(costs, state, { column, slack, cameFrom, isReached });
    column = cheapest(slack, isReached);
    raisePrices(state, slack, isReached, slack[column] ?? 0);
  } while (rowOfColumn[column] !== 0);
  while (column !== 0) {
    const previous = cameFrom[column] ?? 0;
    rowOfColumn[column] = rowOfColumn[previous] ?? 0;
    column = previous;
  }
}

interface Search {
  readonly column: number;
  readonly slack: Float64Array;
  readonly cameFrom: Int32Array;
  readonly isReached: Uint8Array;
}

function relax(costs: Costs, state: Duals, { column, slack, cameFrom, isReached }: Search): void {
  const row = state.rowOfColumn[column] ?? 0;
  for (let next = 1; next <= costs.columns; next += 1) {
    if (isReached[next] === 1) continue;
    const cost = costs.data[(row - 1) * costs.columns + next - 1] ?? 0;
    const reduced = cost - (state.rowPrice[row] ?? 0) - (state.columnPrice[next] ?? 0);
    if (reduced < (slack[next] ?? 0)) {
      slack[next] = reduced;
      cameFrom[next] = column;
    }
  }
}

function cheapest(slack: Float64Array, isReached: Uint8Array): number {
  let best = 0;
  for (let column = 1; column < slack.length; column += 1) {
    if (isReached[column] === 0 && (best === 0 || (slack[column] ?? 0) < (slack[best] ?? 0))) best = column;
  }
  return best;
}

function raisePrices(
  { rowPrice, columnPrice, rowOfColumn }: Duals,
  slack: Float64Array,
  isReached: Uint8Array,
  by: number,
): void {
  for (let column = 0; column < slack.length; column += 1) {
    if (isReached[column] === 1) {
      const row = rowOfColumn[column] ?? 0;
      rowPrice[row] = (rowPrice[row] ?? 0) + by;
      columnPrice[column] = (columnPrice[column] ?? 0) - by;
    } else slack[column] = (slack[column] ?? 0) - by;
  }
}

function transposed({ data, rows, columns }: Costs): Costs {
  const turned = new Float64Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) turned[column * rows + row] = data[row * columns + column] ?? 0;
  }
  return { data: turned, rows: columns, columns: rows };
}

function checkCosts({ data, rows, columns }: Costs): void {
  if (data.length !== rows * columns) {
    throw new SegmentsError('BAD_COSTS', `${data.length} costs are not ${rows} rows of ${columns}`);
  }
  const wrong = data.findIndex((cost) => !Number.isFinite(cost));
  if (wrong === -1) return;
  throw new SegmentsError('BAD_COSTS', `cost ${data[wrong]} of row ${Math.floor(wrong / columns)} must be finite`);
}
