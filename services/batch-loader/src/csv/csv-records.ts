import { isUtf8 } from 'node:buffer';
import { BAD, CsvScanner, MORE } from '@ebb/csv';
import { FileRefused } from '../errors.ts';

const LF = 10;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
/** A record longer than this is no record: the file is something else. */
const MAX_RECORD_BYTES = 16 * 1024 ** 2;
/** So far into a file bytes are looked at that no text has. */
const BEGINNING_BYTES = 1024;

/** A record's place; its fields are in the scanner that found it. */
export interface RecordAt {
  bytes: Buffer;
  from: number;
  to: number;
  /** Line of the file it begins on; the first is 1. */
  lineNo: number;
  scanner: CsvScanner;
  /** False: bytes that are no UTF-8, or NUL. */
  isText: boolean;
}

export interface CsvHandler {
  /** Called once, with the first line. */
  header(at: RecordAt): void;
  /** A record; the object is used again for the next. */
  record(at: RecordAt): void;
  /** A line that is no CSV. */
  badLine(at: RecordAt): void;
  /** After every piece of the file. */
  pause(): Promise<void>;
}

/** Whether the last line of the file has an end. */
export interface CsvEnd {
  readonly hasFinalNewline: boolean;
}

/** Reads a whole file. Blank lines are passed over. */
export async function readCsvRecords(chunks: AsyncIterable<Buffer>, handler: CsvHandler): Promise<CsvEnd> {
  const reader = new Reader(handler);
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  let hasFinalNewline = false;
  for await (const chunk of chunks) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (isFirst && bytes.length < BOM.length) {
      rest = bytes;
      continue;
    }
    if (isFirst) bytes = checkedBeginning(bytes);
    isFirst = false;
    if (bytes.length > 0) hasFinalNewline = bytes.at(-1) === LF;
    const to = bytes.lastIndexOf(LF) + 1;
    rest = bytes.subarray(reader.read(bytes, to, false));
    if (rest.length > MAX_RECORD_BYTES) throw tooLong(rest);
    await handler.pause();
  }
  reader.read(rest, rest.length, true);
  await handler.pause();
  return { hasFinalNewline };
}

class Reader {
  readonly #handler: CsvHandler;
  readonly #at: RecordAt;
  #isHeaderRead = false;

  constructor(handler: CsvHandler) {
    this.#handler = handler;
    this.#at = { bytes: Buffer.alloc(0), from: 0, to: 0, lineNo: 1, scanner: new CsvScanner(), isText: true };
  }

  /** Records up to `to`, which is the end of a line or of the file; returns where the next one begins. */
  read(bytes: Buffer, to: number, isEnd: boolean): number {
    const at = this.#at;
    const { scanner } = at;
    at.bytes = bytes;
    const region = bytes.subarray(0, to);
    const isTextAll = isText(region);
    let from = 0;
    while (from < to) {
      const found = scanner.scan(bytes, from, to, isEnd);
      if (found === MORE) break;
      at.from = from;
      at.to = scanner.next;
      at.isText = isTextAll || isText(bytes.subarray(from, scanner.next));
      this.#hand(found === BAD);
      at.lineNo += scanner.lines;
      from = scanner.next;
    }
    return from;
  }

  #hand(isBad: boolean): void {
    const { scanner } = this.#at;
    if (isBad) this.#handler.badLine(this.#at);
    else if (scanner.fieldCount === 1 && scanner.ends[0] === scanner.starts[0]) return;
    else if (this.#isHeaderRead) this.#handler.record(this.#at);
    else {
      this.#isHeaderRead = true;
      this.#handler.header(this.#at);
    }
  }
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

function checkedBeginning(bytes: Buffer): Buffer {
  if (UTF16.some((mark) => bytes.subarray(0, 2).equals(mark)) || bytes.subarray(0, BEGINNING_BYTES).includes(0)) {
    throw new FileRefused([
      { rule: 'file_encoding', detail: 'the file is not UTF-8 (UTF-16 or no text at all): save it as UTF-8' },
    ]);
  }
  return bytes.subarray(0, BOM.length).equals(BOM) ? bytes.subarray(BOM.length) : bytes;
}

function tooLong(bytes: Buffer): FileRefused {
  const detail = `a record is longer than ${MAX_RECORD_BYTES} bytes: the file has no line ends, or is no CSV`;
  return new FileRefused([{ rule: 'file_format', detail }], printable(bytes));
}

const MAX_RAW_CHARS = 2_000;

/** The beginning of bytes as text; those that are none are written \xNN. */
export function printable(bytes: Buffer): string {
  const start = bytes.subarray(0, MAX_RAW_CHARS);
  const text = isUtf8(start) ? start.toString('utf8') : escapeBytes(start);
  return text.replaceAll('\0', '\\x00').replace(/\r?\n$/, '');
}

/** Text where it is text, escapes for the other bytes. */
function escapeBytes(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    text +=
      length === 0 ? `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}` : bytes.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

/** Bytes of the UTF-8 character at a position; 0 where there is none. */
function characterLength(bytes: Buffer, at: number): number {
  return [1, 2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) ?? 0;
}
