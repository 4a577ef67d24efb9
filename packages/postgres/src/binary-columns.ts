import { BinaryArrayWriter, OID } from './binary-array.ts';

/** The columns of one statement, from plain lists. Each call gives the next parameter. */
export class BinaryColumns {
  readonly #writer: BinaryArrayWriter;

  constructor(writer: BinaryArrayWriter = new BinaryArrayWriter(1 << 14)) {
    this.#writer = writer;
  }

  texts<T>(rows: readonly T[], of: (row: T) => string | null): Buffer {
    return this.#column(OID.text, rows, (row) => this.#writer.text(of(row)));
  }

  bools<T>(rows: readonly T[], of: (row: T) => boolean): Buffer {
    return this.#column(OID.bool, rows, (row) => this.#writer.bool(of(row)));
  }

  int2s<T>(rows: readonly T[], of: (row: T) => number): Buffer {
    return this.#column(OID.int2, rows, (row) => this.#writer.int2(of(row)));
  }

  int4s<T>(rows: readonly T[], of: (row: T) => number): Buffer {
    return this.#column(OID.int4, rows, (row) => this.#writer.int4(of(row)));
  }

  int8s<T>(rows: readonly T[], of: (row: T) => number): Buffer {
    return this.#column(OID.int8, rows, (row) => this.#writer.int8(of(row)));
  }

  timestamps<T>(rows: readonly T[], of: (row: T) => number | null): Buffer {
    return this.#column(OID.timestamptz, rows, (row) => {
      const timeMs = of(row);
      if (timeMs === null) this.#writer.null();
      else this.#writer.timestamp(timeMs);
    });
  }

  dates<T>(rows: readonly T[], of: (row: T) => number): Buffer {
    return this.#column(OID.date, rows, (row) => this.#writer.date(of(row)));
  }

  #column<T>(oid: number, rows: readonly T[], write: (row: T) => void): Buffer {
    this.#writer.begin(oid, rows.length);
    for (const row of rows) write(row);
    return this.#writer.end();
  }
}
