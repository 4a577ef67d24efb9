/**
 * Builds arrays in Postgres' binary form, which the driver passes on as they are: a column of thousands of values is then
 * one parameter that the server reads without parsing text. One writer holds the columns of one statement; its buffer is
 * used again after `reset`, so the statement must have been sent by then.
 */
export class BinaryArrayWriter {
  #buffer: Buffer;
  #at = 0;
  #start = 0;
  #nulls = 0;

  constructor(initialBytes = 1 << 20) {
    this.#buffer = Buffer.allocUnsafe(initialBytes);
  }

  /** Forgets all columns; buffers handed out before are overwritten from now on. */
  reset(): void {
    this.#at = 0;
  }

  /** Starts a one-dimensional array of `length` elements of the type. */
  begin(elementOid: number, length: number): void {
    this.#reserve(HEADER_BYTES);
    this.#start = this.#at;
    this.#nulls = 0;
    const buffer = this.#buffer;
    buffer.writeInt32BE(length === 0 ? 0 : 1, this.#at);
    buffer.writeInt32BE(0, this.#at + 4);
    buffer.writeInt32BE(elementOid, this.#at + 8);
    this.#at += EMPTY_HEADER_BYTES;
    if (length === 0) return;
    buffer.writeInt32BE(length, this.#at);
    buffer.writeInt32BE(1, this.#at + 4);
    this.#at += 8;
  }

  /** The finished array. */
  end(): Buffer {
    if (this.#nulls > 0) this.#buffer[this.#start + 7] = 1;
    return this.#buffer.subarray(this.#start, this.#at);
  }

  null(): void {
    this.#reserve(4);
    this.#buffer.writeInt32BE(-1, this.#at);
    this.#at += 4;
    this.#nulls += 1;
  }

  text(value: string | null): void {
    if (value === null) return this.null();
    const { length } = value;
    this.#reserve(4 + length * 3);
    const at = this.#at + 4;
    const bytes = length <= SHORT_TEXT ? this.#writeShort(value, at) : this.#buffer.write(value, at, 'utf8');
    this.#buffer.writeInt32BE(bytes, this.#at);
    this.#at = at + bytes;
  }

  /** A call into the runtime costs more than a loop over a few characters. */
  #writeShort(value: string, at: number): number {
    const buffer = this.#buffer;
    const { length } = value;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return buffer.write(value, at, 'utf8');
      buffer[at + index] = code;
    }
    return length;
  }

  bool(value: boolean): void {
    this.#reserve(5);
    this.#buffer.writeInt32BE(1, this.#at);
    this.#buffer[this.#at + 4] = value ? 1 : 0;
    this.#at += 5;
  }

  int2(value: number): void {
    this.#reserve(6);
    this.#buffer.writeInt32BE(2, this.#at);
    this.#buffer.writeInt16BE(value, this.#at + 4);
    this.#at += 6;
  }

  int4(value: number): void {
    this.#reserve(8);
    this.#buffer.writeInt32BE(4, this.#at);
    this.#buffer.writeInt32BE(value, this.#at + 4);
    this.#at += 8;
  }

  /** A whole number a double holds exactly. */
  int8(value: number): void {
    this.#reserve(12);
    const high = Math.floor(value / TWO_32);
    this.#buffer.writeInt32BE(8, this.#at);
    this.#buffer.writeInt32BE(high, this.#at + 4);
    this.#buffer.writeUInt32BE(value - high * TWO_32, this.#at + 8);
    this.#at += 12;
  }

  /** A 64-bit number as two signed 32-bit halves. */
  int8Halves(high: number, low: number): void {
    this.#reserve(12);
    this.#buffer.writeInt32BE(8, this.#at);
    this.#buffer.writeInt32BE(high, this.#at + 4);
    this.#buffer.writeInt32BE(low, this.#at + 8);
    this.#at += 12;
  }

  /** Milliseconds since the Unix epoch. */
  timestamp(timeMs: number): void {
    this.int8((timeMs - POSTGRES_EPOCH_MS) * 1000);
  }

  /** Days since the Unix epoch. */
  date(day: number): void {
    this.int4(day - POSTGRES_EPOCH_DAY);
  }

  /** 128 bits as four 32-bit numbers, most significant first. */
  uuid(a: number, b: number, c: number, d: number): void {
    this.#reserve(20);
    const buffer = this.#buffer;
    buffer.writeInt32BE(16, this.#at);
    buffer.writeInt32BE(a | 0, this.#at + 4);
    buffer.writeInt32BE(b | 0, this.#at + 8);
    buffer.writeInt32BE(c | 0, this.#at + 12);
    buffer.writeInt32BE(d | 0, this.#at + 16);
    this.#at += 20;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    // Columns already handed out keep their own, old buffer.
    this.#buffer.copy(bigger, 0, 0, this.#at);
    this.#buffer = bigger;
  }
}

/** Element types, as numbered in pg_type. */
export const OID = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  date: 1082,
  timestamptz: 1184,
  uuid: 2950,
} as const;

const HEADER_BYTES = 20;
const EMPTY_HEADER_BYTES = 12;
const SHORT_TEXT = 16;
const TWO_32 = 2 ** 32;
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const POSTGRES_EPOCH_DAY = POSTGRES_EPOCH_MS / 86_400_000;
