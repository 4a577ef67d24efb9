/** Rows of a design matrix without their zeros (compressed sparse rows); column 0 is the constant. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** Where each row begins in the other two; one more than there are rows. */
  readonly offsets: Uint32Array;
  readonly indices: Uint16Array;
  readonly values: Float64Array;
}

/** Collects rows entry by entry. */
export class SparseBuilder {
  readonly #columns: number;
  readonly #offsets: number[] = [0];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];

  constructor(columns: number) {
    this.#columns = columns;
  }

  add(column: number, value: number): void {
    if (value === 0) return;
    this.#indices.push(column);
    this.#values.push(value);
  }

  endRow(): void {
    this.#offsets.push(this.#indices.length);
  }

  build(): SparseRows {
    return {
      rows: this.#offsets.length - 1,
      columns: this.#columns,
      offsets: Uint32Array.from(this.#offsets),
      indices: Uint16Array.from(this.#indices),
      values: Float64Array.from(this.#values),
    };
  }
}

/** x·β of one row. */
export function dotRow({ offsets, indices, values }: SparseRows, row: number, weights: Float64Array): number {
  let sum = 0;
  const end = offsets[row + 1] ?? 0;
  for (let at = offsets[row] ?? 0; at < end; at += 1) sum += (values[at] ?? 0) * (weights[indices[at] ?? 0] ?? 0);
  return sum;
}

export function columnMeans({ rows, columns, indices, values }: SparseRows): Float64Array {
  const means = new Float64Array(columns);
  for (const [at, index] of indices.entries()) means[index] = (means[index] ?? 0) + (values[at] ?? 0) / rows;
  return means;
}
