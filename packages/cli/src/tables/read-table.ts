import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CsvScanner, fieldText, RECORD } from '@ebb/csv';
import { TableError } from './errors.ts';

/** A CSV file as text; every row has as many cells as there are columns. */
export interface TextTable {
  readonly columns: string[];
  readonly rows: string[][];
  /** Line of the file each row begins on; the first line is 1. */
  readonly lines: number[];
}

const GZIP_MARK = Buffer.from([0x1f, 0x8b]);
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const unzip = promisify(gunzip);

/**
 * Reads a CSV file (RFC 4180, UTF-8, gzipped or not) whole. Blank lines are passed over. An analysis of half a file
 * would be a wrong answer, so one bad line refuses it, by its number.
 * Raises UNREADABLE_FILE, EMPTY_TABLE, NOT_UTF8, BAD_HEADER, BAD_LINE.
 */
export async function readTable(path: string): Promise<TextTable> {
  return parseTable(await readBytes(path), path);
}

/** The same of bytes at hand; `name` stands in the messages. */
export function parseTable(content: Buffer, name: string): TextTable {
  const bytes = content.subarray(0, BOM.length).equals(BOM) ? content.subarray(BOM.length) : content;
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new TableError('NOT_UTF8', `${name} is not UTF-8 text: save it as "CSV UTF-8"`);
  }
  const [header, ...rows] = records(bytes, name);
  if (header === undefined) throw new TableError('EMPTY_TABLE', `${name} is empty: a header and rows are expected`);
  const columns = checkedHeader(header.fields, name);
  if (rows.length === 0) throw new TableError('EMPTY_TABLE', `${name} has a header and no rows behind it`);
  for (const { line, fields } of rows) checkWidth(fields, columns, `${name}, line ${line}`);
  return { columns, rows: rows.map(({ fields }) => fields), lines: rows.map(({ line }) => line) };
}

/** The content of a file, unpacked if it is gzipped. Raises UNREADABLE_FILE. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    const content = await readFile(path);
    return content.subarray(0, GZIP_MARK.length).equals(GZIP_MARK) ? await unzip(content) : content;
  } catch (error) {
    throw new TableError('UNREADABLE_FILE', `${path} cannot be read`, { cause: error });
  }
}

interface LineOfFields {
  line: number;
  fields: string[];
}

function records(bytes: Buffer, name: string): LineOfFields[] {
  const scanner = new CsvScanner();
  const found: LineOfFields[] = [];
  let line = 1;
  for (let at = 0; at < bytes.length; at = scanner.next) {
    if (scanner.scan(bytes, at, bytes.length, true) !== RECORD) {
      throw new TableError(
        'BAD_LINE',
        `${name}, line ${line} is no CSV: a quote stands where none may, or is never closed`,
      );
    }
    const fields = Array.from({ length: scanner.fieldCount }, (_, index) => fieldText(bytes, scanner, index));
    if (fields.length > 1 || fields[0] !== '') found.push({ line, fields });
    line += scanner.lines;
  }
  return found;
}

function checkedHeader(fields: readonly string[], name: string): string[] {
  const columns = fields.map((field) => field.trim());
  const separator = [';', '\t', '|'].find((one) => columns.length === 1 && columns[0]?.includes(one) === true);
  if (separator !== undefined) {
    throw new TableError('BAD_HEADER', `${name} is separated by ${JSON.stringify(separator)}; save it with commas`);
  }
  const blank = columns.indexOf('');
  // Tables written with their row numbers have one column without a name, the first.
  if (blank === 0 && columns.length > 1 && !columns.includes('row')) columns[0] = 'row';
  else if (blank >= 0) throw new TableError('BAD_HEADER', `${name}: column ${blank + 1} has no name; give it one`);
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  if (repeated !== undefined) {
    throw new TableError('BAD_HEADER', `${name} has two columns ${JSON.stringify(repeated)}; rename one`);
  }
  return columns;
}

function checkWidth(fields: readonly string[], columns: readonly string[], place: string): void {
  if (fields.length === columns.length) return;
  throw new TableError(
    'BAD_LINE',
    `${place} has ${fields.length} fields where the header has ${columns.length}; repair the line`,
  );
}
