import { isDeepStrictEqual } from 'node:util';
import type { Epoch, HistoryRow } from './history-row.ts';

/** From `lsn` on, this was the table of that name; null: there was none. */
interface Segment {
  readonly lsn: bigint;
  readonly row: HistoryRow | null;
}

/** Rows before the first epoch: nothing but the migration's own. */
const NO_EPOCH = 0;

/**
 * Every schema every captured table ever had. Positions in the log only compare within an epoch: another epoch may be
 * another cluster. Each begins with one row per table.
 */
export class SchemaHistory {
  #rows: HistoryRow[] = [];
  #epochs: Epoch[] = [];
  #segments = new Map<string, Segment[]>();

  get epochs(): readonly Epoch[] {
    return this.#epochs;
  }

  /** Highest id known; 0n when empty. */
  get lastId(): bigint {
    return this.#rows.at(-1)?.id ?? 0n;
  }

  /** All rows, in the order they were written. */
  get rows(): readonly HistoryRow[] {
    return this.#rows;
  }

  setEpochs(epochs: readonly Epoch[]): void {
    if (isDeepStrictEqual(epochs, this.#epochs)) return;
    this.#epochs = epochs.toSorted((a, b) => a.epoch - b.epoch);
    this.#segments.clear();
  }

  /** Rows that were not known yet. */
  append(rows: readonly HistoryRow[]): void {
    if (rows.length === 0) return;
    this.#rows = [...this.#rows, ...rows].toSorted((a, b) => compare(a.id, b.id));
    this.#segments.clear();
  }

  replace(rows: readonly HistoryRow[]): void {
    this.#rows = [...rows];
    this.#segments.clear();
  }

  epochOf(row: HistoryRow): number {
    let epoch = NO_EPOCH;
    for (const candidate of this.#epochs) if (candidate.firstDdlId <= row.id) epoch = candidate.epoch;
    return epoch;
  }

  /** The schema a change of that table at `lsn` was made under; undefined when history knows of none. */
  at(epoch: number, name: string, lsn: bigint): HistoryRow | undefined {
    const segments = this.#segmentsOf(epoch, name);
    for (let index = segments.length - 1; index >= 0; index -= 1) {
      const segment = segments[index];
      if (segment !== undefined && segment.lsn <= lsn) return segment.row ?? undefined;
    }
    // Made before the epoch's first row was written: its table was the same, since its locks were taken first.
    return segments.find(({ row }) => row !== null)?.row ?? undefined;
  }

  /** Every schema of a name in an epoch, the newest first: for rows that carry no position of their own. */
  candidates(epoch: number, name: string): HistoryRow[] {
    return this.#segmentsOf(epoch, name)
      .flatMap(({ row }) => (row === null ? [] : [row]))
      .toReversed();
  }

  /** From where on the name belonged to no other schema than that of `row`; for caches. */
  isLatest(epoch: number, name: string, row: HistoryRow): boolean {
    return this.#segmentsOf(epoch, name).at(-1)?.row === row;
  }

  #segmentsOf(epoch: number, name: string): Segment[] {
    const key = `${epoch} ${name}`;
    let segments = this.#segments.get(key);
    if (segments === undefined) {
      segments = segmentsOf(this.#rowsOf(epoch), name);
      this.#segments.set(key, segments);
    }
    return segments;
  }

  #rowsOf(epoch: number): HistoryRow[] {
    if (this.#epochs.length === 0) return this.#rows;
    const known = this.#epochs.findLast((candidate) => candidate.epoch <= epoch);
    const from = known?.firstDdlId ?? 0n;
    const until = this.#epochs.find((candidate) => candidate.firstDdlId > from)?.firstDdlId;
    return this.#rows.filter(({ id }) => id >= from && (until === undefined || id < until));
  }
}

function segmentsOf(rows: readonly HistoryRow[], name: string): Segment[] {
  const segments: Segment[] = [];
  const ordered = rows.toSorted((a, b) => compare(a.lsn, b.lsn) || compare(a.id, b.id));
  let holder: number | undefined;
  for (const row of ordered) {
    const isHere = `${row.schema}.${row.table}` === name && row.kind !== 'drop';
    if (isHere) {
      holder = row.oid;
      segments.push({ lsn: row.lsn, row });
    } else if (row.oid === holder) {
      holder = undefined;
      segments.push({ lsn: row.lsn, row: null });
    }
  }
  return segments;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
