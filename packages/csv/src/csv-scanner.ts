/** What `scan` found: a record, a line that is no CSV, or that it needs more bytes. */
export const RECORD = 0;
export const BAD = 1;
export const MORE = 2;
export type Found = typeof RECORD | typeof BAD | typeof MORE;

/** A field with line breaks may span this many lines; a quote that stays open longer is a stray one. */
const MAX_RECORD_LINES = 16;
const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;
/** Of a field's end: it is malformed, or goes on behind the bytes that are there. */
const MALFORMED = -1;
const OPEN = -2;

/**
 * Finds the fields of CSV records (RFC 4180) in bytes and makes no text of them: most of a file is copied to the
 * warehouse as it stands. Where a quote stands that must not, or stays open, only that line is bad and reading goes on
 * behind it; stream parsers take everything up to the next quote, often thousands of good lines, into one bad record.
 */
export class CsvScanner {
  /** Of the last record; so are the others. */
  fieldCount = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1: the field holds doubled quotes. */
  escaped = new Uint8Array(64);
  /** Where the record, or the bad line, ends; its line break included. */
  next = 0;
  /** Line breaks in it, the last one included. */
  lines = 0;

  /** Looks at what begins at `from`; `isEnd` says that nothing will follow behind `to`. */
  scan(bytes: Uint8Array, from: number, to: number, isEnd: boolean): Found {
    this.fieldCount = 0;
    this.lines = 0;
    let at = from;
    for (;;) {
      const isQuoted = at < to && bytes[at] === QUOTE;
      const end = isQuoted ? this.#quoted(bytes, at, to) : this.#plain(bytes, at, to);
      if (end === MALFORMED) return this.#badLine(bytes, from, to, isEnd);
      // At the end of the bytes nobody knows whether a field is whole.
      if (end === OPEN || (end === to && !isEnd)) return isEnd ? this.#badLine(bytes, from, to, isEnd) : MORE;
      this.fieldCount += 1;
      if (end < to && bytes[end] === COMMA) {
        at = end + 1;
        continue;
      }
      if (end < to) this.lines += 1;
      this.next = end < to ? end + 1 : end;
      return RECORD;
    }
  }

  /** Position of the comma or line feed behind a field without quotes, or `to`. */
  #plain(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    for (; at < to; at += 1) {
      const byte = bytes[at];
      if (byte === COMMA || byte === LF) break;
      if (byte === QUOTE) return MALFORMED;
    }
    const isLast = at === to || bytes[at] === LF;
    this.#keep(from, isLast && at > from && bytes[at - 1] === CR ? at - 1 : at, 0);
    return at;
  }

  #quoted(bytes: Uint8Array, from: number, to: number): number {
    let hasDoubled = 0;
    let at = from + 1;
    for (; ; at += 1) {
      if (at >= to) return OPEN;
      const byte = bytes[at];
      if (byte === LF && ++this.lines >= MAX_RECORD_LINES) return MALFORMED;
      if (byte !== QUOTE) continue;
      if (bytes[at + 1] !== QUOTE || at + 1 >= to) break;
      hasDoubled = 1;
      at += 1;
    }
    this.#keep(from + 1, at, hasDoubled);
    const behind = at + 1 < to && bytes[at + 1] === CR ? at + 2 : at + 1;
    if (behind >= to || bytes[behind] === LF) return behind;
    return behind === at + 1 && bytes[behind] === COMMA ? behind : MALFORMED;
  }

  #keep(start: number, end: number, hasDoubled: number): void {
    const index = this.fieldCount;
    if (index === this.starts.length) this.#grow();
    this.starts[index] = start;
    this.ends[index] = end;
    this.escaped[index] = hasDoubled;
  }

  /** Only the first line is given up: what follows it may be whole. */
  #badLine(bytes: Uint8Array, from: number, to: number, isEnd: boolean): Found {
    const lineEnd = bytes.indexOf(LF, from);
    const isWhole = lineEnd >= 0 && lineEnd < to;
    if (!isWhole && !isEnd) return MORE;
    this.fieldCount = 0;
    this.lines = isWhole ? 1 : 0;
    this.next = isWhole ? lineEnd + 1 : to;
    return BAD;
  }

  #grow(): void {
    const length = this.starts.length * 2;
    const starts = new Int32Array(length);
    const ends = new Int32Array(length);
    const escaped = new Uint8Array(length);
    starts.set(this.starts);
    ends.set(this.ends);
    escaped.set(this.escaped);
    this.starts = starts;
    this.ends = ends;
    this.escaped = escaped;
  }
}

/** The text of a field of the last record. */
export function fieldText(bytes: Uint8Array, scanner: CsvScanner, index: number): string {
  const start = scanner.starts[index] ?? 0;
  const end = scanner.ends[index] ?? 0;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
  return scanner.escaped[index] === 1 ? text.replaceAll('""', '"') : text;
}
