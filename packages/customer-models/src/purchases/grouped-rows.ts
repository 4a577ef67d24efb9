import { CustomerModelError } from '../errors.ts';
import type { RecencyRows } from './purchase-histories.ts';

/** Rows that differ, with how many customers each stands for: the likelihood of equal rows is computed once. */
export interface GroupedRows {
  readonly repeats: Float64Array;
  readonly lastPurchase: Float64Array;
  readonly observed: Float64Array;
  readonly weights: Float64Array;
  /** Distinct x, and for each row where its x stands among them: functions of x alone are computed once per x. */
  readonly distinctRepeats: Float64Array;
  readonly repeatIndex: Int32Array;
  readonly customers: number;
  readonly repeatBuyers: number;
}

/**
 * Groups equal (x, t_x, T). Raises BAD_HISTORY for a row that cannot be: x not whole or negative, t_x > T, t_x > 0
 * without a repeat purchase, a weight below 0, anything not finite; NO_CUSTOMERS for no rows.
 */
export function groupRows(rows: RecencyRows): GroupedRows {
  const { repeats, lastPurchase, observed, weights } = rows;
  requireLengths(rows);
  const groups = new Map<string, number>();
  const columns: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let i = 0; i < repeats.length; i += 1) {
    const [x, last, length, weight] = [repeats[i], lastPurchase[i], observed[i], weights?.[i] ?? 1] as number[] as [
      number,
      number,
      number,
      number,
    ];
    requirePossible(i, [x, last, length, weight]);
    if (weight === 0) continue;
    const key = `${x} ${last} ${length}`;
    const known = groups.get(key);
    if (known !== undefined) {
      columns[3][known] = (columns[3][known] as number) + weight;
      continue;
    }
    groups.set(key, columns[0].length);
    for (const [column, value] of [x, last, length, weight].entries()) columns[column]?.push(value);
  }
  return indexed(columns);
}

function indexed([repeats, lastPurchase, observed, weights]: [number[], number[], number[], number[]]): GroupedRows {
  const distinct = [...new Set(repeats)].toSorted((a, b) => a - b);
  const place = new Map(distinct.map((x, index) => [x, index]));
  const total = (count: (x: number) => boolean): number =>
    weights.reduce((sum, weight, i) => (count(repeats[i] as number) ? sum + weight : sum), 0);
  const customers = total(() => true);
  if (customers === 0) throw new CustomerModelError('NO_CUSTOMERS', 'no customers to fit; the rows are empty');
  return {
    repeats: Float64Array.from(repeats),
    lastPurchase: Float64Array.from(lastPurchase),
    observed: Float64Array.from(observed),
    weights: Float64Array.from(weights),
    distinctRepeats: Float64Array.from(distinct),
    repeatIndex: Int32Array.from(repeats, (x) => place.get(x) ?? 0),
    customers,
    repeatBuyers: total((x) => x > 0),
  };
}

function requireLengths({ repeats, lastPurchase, observed, weights }: RecencyRows): void {
  const lengths = [repeats.length, lastPurchase.length, observed.length, weights?.length ?? repeats.length];
  if (new Set(lengths).size === 1) return;
  throw new CustomerModelError('BAD_HISTORY', `columns of unequal length: ${lengths.join(', ')}`);
}

/** Sums of days over a unit may end a rounding error apart. */
const ROUNDING = 1e-9;

function requirePossible(row: number, [x, last, observed, weight]: [number, number, number, number]): void {
  const isPossible =
    Number.isInteger(x) &&
    x >= 0 &&
    last >= 0 &&
    (x > 0 || last === 0) &&
    last <= observed + ROUNDING &&
    Number.isFinite(observed) &&
    weight >= 0 &&
    Number.isFinite(weight);
  if (isPossible) return;
  const text = `x ${x}, t_x ${last}, T ${observed}, weight ${weight}`;
  throw new CustomerModelError('BAD_HISTORY', `row ${row} is no purchase history (${text}); 0 ≤ t_x ≤ T, x whole`);
}
