/** How a number becomes columns of the regression and a bin of the trees; plain data, kept with the model. */
export interface NumericEncoding {
  readonly kind: 'numeric';
  readonly name: string;
  /** Values outside are taken for these: half a per cent at either end, which no line should follow. */
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly deviation: number;
  /** Stands for a blank in all columns but the one that marks blanks. */
  readonly median: number;
  /** Rising; a hat function stands on each. Empty where few values repeat. */
  readonly knots: readonly number[];
  /** Values that many rows share; each has a column of its own. */
  readonly shared: readonly number[];
  readonly hasBlanks: boolean;
  /** Rising; a value's bin is the number of edges below it, plus one; bin 0 is for blanks. */
  readonly edges: readonly number[];
}

const TAIL = 0.005;
/** Knots at the deciles, or fewer so that this many rows lie between two. */
const MAX_HATS = 10;
const ROWS_PER_HAT = 40;
/** Up to so many values a column is a scale of steps and every common one gets a column. */
const FEW_VALUES = 12;
const SHARED_PART = 0.02;
const MIN_SHARED_ROWS = 10;
const MAX_BINS = 64;

/** Learns the encoding from the values of training rows (NaN: blank); no label is looked at. */
export function fitNumeric(name: string, values: Float64Array): NumericEncoding {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted();
  const counts = new Map<number, number>();
  for (const value of sorted) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [low, high] = [quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)];
  const moments = momentsOf(sorted, low, high);
  return {
    kind: 'numeric',
    name,
    low,
    high,
    ...moments,
    median: quantile(sorted, 0.5),
    knots: counts.size > FEW_VALUES ? knotsOf(sorted) : [],
    shared: sharedValues(counts, sorted.length),
    hasBlanks: sorted.length < values.length,
    edges: binEdges(sorted, [...counts.keys()]),
  };
}

/** Linear, hats, shared values, blank: in this order. */
export function numericColumns({ knots, shared, hasBlanks }: NumericEncoding): number {
  return 1 + knots.length + shared.length + (hasBlanks ? 1 : 0);
}

/**
 * The columns of one value: the standardised value, hat functions on the knots (linear B-splines, de Boor 1978, chapter
 * IX: they bend the line where the data bend), a mark for each shared value, a mark for a blank.
 */
export function encodeNumber(
  encoding: NumericEncoding,
  value: number,
  add: (column: number, value: number) => void,
): void {
  const { knots, shared, low, high } = encoding;
  const isMissing = Number.isNaN(value);
  const known = isMissing ? encoding.median : value;
  add(0, (Math.min(high, Math.max(low, known)) - encoding.mean) / encoding.deviation);
  if (knots.length > 0) addHats(knots, known, add);
  const mark = isMissing ? -1 : shared.indexOf(value);
  if (mark >= 0) add(1 + knots.length + mark, 1);
  if (isMissing && encoding.hasBlanks) add(1 + knots.length + shared.length, 1);
}

/** Two neighbouring hats share a value between them by its distance from their knots. */
function addHats(knots: readonly number[], value: number, add: (column: number, value: number) => void): void {
  const last = knots.length - 1;
  const right = knots.findIndex((knot) => value < knot);
  if (right <= 0) {
    add(right < 0 ? 1 + last : 1, 1);
    return;
  }
  const from = knots[right - 1] ?? 0;
  const part = (value - from) / ((knots[right] ?? 0) - from);
  add(right, 1 - part);
  add(1 + right, part);
}

export function numericBin({ edges }: NumericEncoding, value: number): number {
  if (Number.isNaN(value)) return 0;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** Type 7 of Hyndman & Fan 1996, of sorted values; 0 of none. */
function quantile(sorted: Float64Array, part: number): number {
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return below + (above - below) * (at - Math.floor(at));
}

function momentsOf(sorted: Float64Array, low: number, high: number): { mean: number; deviation: number } {
  const clamped = sorted.map((value) => Math.min(high, Math.max(low, value)));
  const mean = clamped.reduce((sum, value) => sum + value, 0) / Math.max(1, clamped.length);
  const variance = clamped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, clamped.length);
  // A part that is constant in these rows stays 0.
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}

function knotsOf(sorted: Float64Array): number[] {
  const intervals = Math.min(MAX_HATS, Math.floor(sorted.length / ROWS_PER_HAT));
  if (intervals < 2) return [];
  const all = Array.from({ length: intervals + 1 }, (_, index) => quantile(sorted, index / intervals));
  const knots = all.filter((knot, index) => index === 0 || knot > (all[index - 1] ?? 0));
  return knots.length > 2 ? knots : [];
}

function sharedValues(counts: ReadonlyMap<number, number>, rows: number): number[] {
  if (counts.size <= 2) return [];
  const enough = Math.max(MIN_SHARED_ROWS, SHARED_PART * rows);
  const common = [...counts].filter(([, count]) => count >= enough).toSorted(([, a], [, b]) => b - a);
  return common.slice(0, FEW_VALUES).map(([value]) => value);
}

/** Halfway between a bin's lowest value and the next lower one, so that no training value lies on an edge. */
function binEdges(sorted: Float64Array, distinct: readonly number[]): number[] {
  const lowest =
    distinct.length <= MAX_BINS
      ? distinct
      : Array.from({ length: MAX_BINS }, (_, index) => sorted[Math.floor((index * sorted.length) / MAX_BINS)] ?? 0);
  const starts = [...new Set(lowest)].filter((value) => value > (sorted[0] ?? 0));
  return starts.map((value) => ((sorted[sorted.indexOf(value) - 1] ?? value) + value) / 2);
}
