import { isUtf8 } from 'node:buffer';
import { fieldText } from '@ebb/csv';
import { type CsvHandler, printable, readCsvRecords, type RecordAt } from '../csv/csv-records.ts';
import { FileRefused } from '../errors.ts';
import { copyKey } from './copy-key.ts';
import { headings } from './csv-rows.ts';
import { DocumentRows } from './document-rows.ts';
import type { FormatLoad } from './format.ts';
import { jsonElements } from './json-elements.ts';
import { CSV_QUOTE, ENCODING } from './load-csv.ts';
import { readLines } from './lines.ts';
import { ParquetCopy } from './parquet-copy.ts';

/** A JSON array or value is read as a whole. */
const MAX_JSON_BYTES = 256 * 1024 ** 2;

/** Files of any shape: rows of raw.documents, and a copy in Parquet. */
export async function loadDocuments(load: FormatLoad): Promise<number> {
  const { claim } = load.facts;
  const copy = new ParquetCopy();
  const rows = new DocumentRows(load, copy);
  if (claim.format === 'csv') await readCsv(load, rows);
  else if (claim.format === 'ndjson') await readNdjson(load, rows, load.chunks());
  else await readJson(load, rows);
  await rows.table.flush();
  const parquet = load.copies === null ? null : copy.finish();
  if (parquet !== null) await load.copies?.put(copyKey(claim.name), parquet);
  return rows.table.rows;
}

async function readJson(load: FormatLoad, rows: DocumentRows): Promise<void> {
  const bytes = await whole(load.chunks());
  if (!isUtf8(bytes)) throw new FileRefused([{ ...ENCODING, rule: 'file_encoding' }], printable(bytes));
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const isList = /^\s*\[/.test(text);
  // Objects one per line are often named .json.
  if (!isList && !isJson(text)) return readNdjson(load, rows, one(bytes));
  for (const element of jsonElements(text)) {
    rows.text(element.text, element.lineNo);
    await rows.pause();
  }
}

async function readNdjson(load: FormatLoad, rows: DocumentRows, chunks: AsyncIterable<Buffer>): Promise<void> {
  let lines = 0;
  for await (const { bytes, lineNo, hasEnd } of readLines(chunks)) {
    lines += 1;
    const text = bytes.toString('utf8');
    if (!isUtf8(bytes) || bytes.includes(0)) load.quarantine.line(lineNo, [ENCODING], printable(bytes));
    else if (!hasEnd && !isJson(text)) throw truncated(text);
    else rows.text(text, lineNo);
    await rows.pause();
  }
  if (lines === 0) throw new FileRefused([{ rule: 'file_empty', detail: 'the file is empty' }]);
}

/** Cells are text, by their headings; an empty one is null. */
async function readCsv(load: FormatLoad, rows: DocumentRows): Promise<void> {
  const handler = new DocumentCsv(load, rows);
  const { hasFinalNewline } = await readCsvRecords(load.chunks(), handler);
  if (handler.names === null) throw new FileRefused([{ rule: 'file_empty', detail: 'the file is empty' }]);
  if (!hasFinalNewline && load.needsFinalNewline) throw truncated('');
}

class DocumentCsv implements CsvHandler {
  names: string[] | null = null;
  readonly #load: FormatLoad;
  readonly #rows: DocumentRows;

  constructor(load: FormatLoad, rows: DocumentRows) {
    this.#load = load;
    this.#rows = rows;
  }

  header(at: RecordAt): void {
    const names = headings(at).map((name) => name.trim());
    const repeated = names.filter((name, index) => names.indexOf(name) !== index);
    if (!at.isText) throw new FileRefused([{ ...ENCODING, rule: 'file_encoding' }], printable(at.bytes));
    if (repeated.length > 0) {
      const detail = `column ${repeated.map((name) => JSON.stringify(name)).join(', ')} stands there twice`;
      throw new FileRefused([{ rule: 'header_repeated', detail }], names.join(','));
    }
    this.names = names;
  }

  record(at: RecordAt): void {
    const names = this.names ?? [];
    const { fieldCount } = at.scanner;
    if (!at.isText) return this.#refuse(at, ENCODING);
    if (fieldCount !== names.length) {
      const detail = `${fieldCount} fields where the header has ${names.length}`;
      return this.#refuse(at, { rule: 'column_count', detail });
    }
    const document = Object.fromEntries(
      names.map((name, index) => [name, fieldText(at.bytes, at.scanner, index) || null]),
    );
    this.#rows.object(document, JSON.stringify(document), at.lineNo);
  }

  badLine(at: RecordAt): void {
    this.#refuse(at, CSV_QUOTE);
  }

  pause(): Promise<void> {
    return this.#rows.pause();
  }

  #refuse(at: RecordAt, broken: { rule: string; detail: string }): void {
    this.#load.quarantine.line(at.lineNo, [broken], printable(at.bytes.subarray(at.from, at.to)));
  }
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_JSON_BYTES) {
      const detail = `a JSON file of more than ${MAX_JSON_BYTES} bytes: write one object per line, as .ndjson`;
      throw new FileRefused([{ rule: 'file_format', detail }]);
    }
  }
  return Buffer.concat(parts);
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function truncated(text: string): FileRefused {
  const detail = 'the last line has no end and is not whole: the file is cut off';
  return new FileRefused([{ rule: 'file_truncated', detail }], text.slice(0, 2_000));
}
