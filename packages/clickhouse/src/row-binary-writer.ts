import { DecimalParser } from './decimal-parser.ts';
import { ClickhouseError } from './errors.ts';

/**
 * Builds rows in ClickHouse's RowBinary: the values of a row one after the other, rows without anything between them. A
 * value of a Nullable column follows `notNull()`, or is `null()` alone; an Array is `array(length)` and then its elements.
 * Every method raises VALUE_OUT_OF_RANGE rather than write another value than it was given; `truncate(mark)` then removes
 * the half-written row.
 */
export class RowBinaryWriter {
  #bytes: Buffer;
  #view: DataView;
  #at = 0;
  #start = 0;
  readonly #decimals = new DecimalParser();

  constructor(initialBytes = 1 << 20) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#view = viewOf(this.#bytes);
  }

  /** Bytes written since the last `take`. */
  get byteLength(): number {
    return this.#at - this.#start;
  }

  /** Position for `truncate`; valid until the next `take` or `reset`. */
  mark(): number {
    return this.#at - this.#start;
  }

  /** Forgets what was written after the mark. */
  truncate(mark: number): void {
    this.#at = this.#start + mark;
  }

  /** Hands over what was written; it is never overwritten, the writer goes on behind it. */
  take(): Buffer {
    const taken = this.#bytes.subarray(this.#start, this.#at);
    this.#start = this.#at;
    return taken;
  }

  /** Starts again at the beginning of the buffer: what was handed out before is overwritten from now on. */
  reset(): void {
    this.#at = 0;
    this.#start = 0;
  }

  null(): void {
    this.#byte(1);
  }

  notNull(): void {
    this.#byte(0);
  }

  bool(value: boolean): void {
    this.#byte(value ? 1 : 0);
  }

  uint8(value: number): void {
    if ((value & 0xff) !== value) outOfRange(value, 'UInt8');
    this.#byte(value);
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) outOfRange(value, 'Int8');
    this.#byte(value & 0xff);
  }

  uint16(value: number): void {
    if ((value & 0xff_ff) !== value) outOfRange(value, 'UInt16');
    this.#reserve(2);
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) outOfRange(value, 'Int16');
    this.#reserve(2);
    this.#view.setInt16(this.#at, value, true);
    this.#at += 2;
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) outOfRange(value, 'UInt32');
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  int32(value: number): void {
    if ((value | 0) !== value) outOfRange(value, 'Int32');
    this.#reserve(4);
    this.#view.setInt32(this.#at, value, true);
    this.#at += 4;
  }

  uint64(value: number | bigint): void {
    if (value < 0) outOfRange(value, 'UInt64');
    if (typeof value === 'number') return this.#wholeNumber(value, 'UInt64');
    if (value > MAX_UINT64) outOfRange(value, 'UInt64');
    this.#reserve(8);
    this.#view.setBigUint64(this.#at, value, true);
    this.#at += 8;
  }

  int64(value: number | bigint): void {
    if (typeof value === 'number') return this.#wholeNumber(value, 'Int64');
    if (value > MAX_INT64 || value < MIN_INT64) outOfRange(value, 'Int64');
    this.#reserve(8);
    this.#view.setBigInt64(this.#at, value, true);
    this.#at += 8;
  }

  /** A 64-bit number written out, exactly; a double would lose digits beyond 2^53. */
  int64Text(text: string): void {
    if (!WHOLE_NUMBER.test(text)) outOfRange(text, 'Int64');
    const value = Number(text);
    this.int64(Number.isSafeInteger(value) ? value : BigInt(text));
  }

  uint128(value: bigint): void {
    if (value < 0n || value > MAX_UINT128) outOfRange(value, 'UInt128');
    this.#reserve(16);
    this.#view.setBigUint64(this.#at, value, true);
    this.#view.setBigUint64(this.#at + 8, value >> 64n, true);
    this.#at += 16;
  }

  /** The same from four 32-bit words, most significant first; no big integer is made. */
  uint128Words(a: number, b: number, c: number, d: number): void {
    this.#reserve(16);
    const at = this.#at;
    this.#view.setUint32(at, d, true);
    this.#view.setUint32(at + 4, c, true);
    this.#view.setUint32(at + 8, b, true);
    this.#view.setUint32(at + 12, a, true);
    this.#at = at + 16;
  }

  int128(value: bigint): void {
    if (value > MAX_INT128 || value < -MAX_INT128 - 1n) outOfRange(value, 'Int128');
    this.#reserve(16);
    this.#view.setBigUint64(this.#at, BigInt.asUintN(64, value), true);
    this.#view.setBigInt64(this.#at + 8, value >> 64n, true);
    this.#at += 16;
  }

  float32(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#at, value, true);
    this.#at += 4;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Also for LowCardinality(String). */
  string(value: string): void {
    const { length } = value;
    this.#reserve(length * 3 + MAX_VARINT_BYTES);
    if (length <= SHORT_TEXT && this.#shortAscii(value)) return;
    // The bytes are written where they stand if the text is ASCII; if its length then needs more room, they move.
    const guess = varintBytes(length);
    const bytes = this.#bytes.write(value, this.#at + guess, 'utf8');
    const needed = varintBytes(bytes);
    if (needed !== guess) this.#bytes.copyWithin(this.#at + needed, this.#at + guess, this.#at + guess + bytes);
    this.#varint(bytes);
    this.#at += bytes;
  }

  /** A String of these bytes, whatever they are. */
  bytes(value: Uint8Array): void {
    this.#reserve(value.length + MAX_VARINT_BYTES);
    this.#varint(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** A String of the bytes from `start` to `end`, for readers that never make a text of them. */
  slice(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length + MAX_VARINT_BYTES);
    this.#varint(length);
    const bytes = this.#bytes;
    const at = this.#at;
    if (length <= SHORT_TEXT) {
      // A call into the runtime costs more than a loop over a few bytes.
      for (let index = 0; index < length; index += 1) bytes[at + index] = source[start + index] ?? 0;
    } else bytes.set(source.subarray(start, end), at);
    this.#at = at + length;
  }

  /** The same of a source that has at least three more bytes behind the end: twice as fast, for texts that are short. */
  paddedSlice(source: DataView, start: number, end: number): void {
    const length = end - start;
    // What is copied past the end is overwritten by what comes next.
    this.#reserve(length + MAX_VARINT_BYTES + 3);
    this.#varint(length);
    const view = this.#view;
    const at = this.#at;
    for (let offset = 0; offset < length; offset += 4) {
      view.setInt32(at + offset, source.getInt32(start + offset, true), true);
    }
    this.#at = at + length;
  }

  /** Values that were written before, by another writer: what many rows have in common. */
  encoded(values: Uint8Array): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#at);
    this.#at += values.length;
  }

  /** Then `length` elements. */
  array(length: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    this.#varint(length);
  }

  /** Exactly the text's value: digits the scale has no room for are refused, unless they are zeros. */
  decimal(text: string, precision: number, scale: number): void {
    const decimals = this.#decimals;
    decimals.parse(text, precision, scale);
    this.#reserve(32);
    const bytes = decimalBytes(precision);
    const view = this.#view;
    for (let limb = 0; limb < bytes / 2; limb += 1) {
      view.setUint16(this.#at + limb * 2, decimals.limbs[limb] ?? 0, true);
    }
    this.#at += bytes;
  }

  /** Days since 1970-01-01, for Date: 1970-01-01 to 2149-06-06. */
  date(days: number): void {
    if ((days & 0xff_ff) !== days) outOfRange(days, 'Date (days since 1970-01-01)');
    this.uint16(days);
  }

  /** Days since 1970-01-01, for Date32: 1900-01-01 to 2299-12-31. */
  date32(days: number): void {
    if (days < MIN_DATE32 || days > MAX_DATE32) outOfRange(days, 'Date32 (days since 1970-01-01)');
    this.int32(days);
  }

  /** Seconds since the epoch, for DateTime. */
  dateTime(seconds: number): void {
    this.uint32(seconds);
  }

  /** Milliseconds since the epoch, for DateTime64(3); 1900 to 2299. */
  dateTime64Ms(value: number): void {
    if (value < MIN_TIME_MS || value >= END_TIME_MS) outOfRange(value, 'DateTime64(3)');
    this.#wholeNumber(value, 'DateTime64(3)');
  }

  /** Microseconds since the epoch, for DateTime64(6); 1900 to 2299. A number is exact up to the year 2255. */
  dateTime64Us(value: number | bigint): void {
    if (value < MIN_TIME_MS * 1000 || value >= END_TIME_MS * 1000) outOfRange(value, 'DateTime64(6)');
    if (typeof value === 'number') this.#wholeNumber(value, 'DateTime64(6)');
    else this.int64(value);
  }

  /** From its text, with or without hyphens. */
  uuid(text: string): void {
    this.#reserve(16);
    const bytes = this.#bytes;
    let nibbles = 0;
    let byte = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code === HYPHEN) continue;
      const nibble = hexValue(code);
      if (nibble < 0 || nibbles > 31) outOfRange(text, 'UUID');
      byte = (byte << 4) | nibble;
      // Two 64-bit halves, each least significant byte first.
      if (nibbles & 1) bytes[this.#at + ((nibbles >> 1) ^ 7)] = byte & 0xff;
      nibbles += 1;
    }
    if (nibbles !== 32) outOfRange(text, 'UUID');
    this.#at += 16;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  #wholeNumber(value: number, type: string): void {
    if (!Number.isSafeInteger(value)) outOfRange(value, `${type} (a double is exact only to 2^53: use a bigint)`);
    this.#reserve(8);
    const high = Math.floor(value / TWO_32);
    this.#view.setUint32(this.#at, value - high * TWO_32, true);
    this.#view.setInt32(this.#at + 4, high, true);
    this.#at += 8;
  }

  /** A call into the runtime costs more than a loop over a few characters. False: nothing was written. */
  #shortAscii(value: string): boolean {
    const bytes = this.#bytes;
    const { length } = value;
    const at = this.#at + 1;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      bytes[at + index] = code;
    }
    bytes[this.#at] = length;
    this.#at = at + length;
    return true;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#at] = (rest & 127) | 128;
      this.#at += 1;
      rest >>>= 7;
    }
    this.#bytes[this.#at] = rest;
    this.#at += 1;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const used = this.#at - this.#start;
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length, used * 2, used + bytes));
    // What was handed over keeps its own, old buffer.
    this.#bytes.copy(bigger, 0, this.#start, this.#at);
    this.#bytes = bigger;
    this.#view = viewOf(bigger);
    this.#at = used;
    this.#start = 0;
  }
}

const SHORT_TEXT = 24;
const MAX_VARINT_BYTES = 5;
const HYPHEN = 45;
const TWO_32 = 2 ** 32;
const WHOLE_NUMBER = /^[+-]?\d{1,19}$/;
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT128 = 2n ** 127n - 1n;
const MAX_UINT128 = 2n ** 128n - 1n;
const MIN_TIME_MS = Date.UTC(1900, 0, 1);
const END_TIME_MS = Date.UTC(2300, 0, 1);
const MIN_DATE32 = MIN_TIME_MS / 86_400_000;
const MAX_DATE32 = END_TIME_MS / 86_400_000 - 1;

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function varintBytes(value: number): number {
  if (value < 1 << 7) return 1;
  if (value < 1 << 14) return 2;
  if (value < 1 << 21) return 3;
  return value < 1 << 28 ? 4 : 5;
}

function decimalBytes(precision: number): number {
  if (precision <= 9) return 4;
  if (precision <= 18) return 8;
  return precision <= 38 ? 16 : 32;
}

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function outOfRange(value: number | bigint | string, type: string): never {
  throw new ClickhouseError('VALUE_OUT_OF_RANGE', `${String(value).slice(0, 100)} does not fit ${type}`);
}
