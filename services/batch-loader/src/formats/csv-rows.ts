import type { RowBinaryWriter } from '@ebb/clickhouse';
import { type CsvScanner, fieldText } from '@ebb/csv';
import { columnPositions } from '../csv/csv-header.ts';
import { parseHundredths, parseInt32 } from '../csv/numbers.ts';
import type { RecordAt } from '../csv/csv-records.ts';
import type { CsvColumn } from '../datasets/dataset.ts';
import type { Broken } from '../errors.ts';

const QUOTE = 34;

/** Encodes the records of one file for its table, by its header. */
export class CsvRows {
  readonly #columns: readonly CsvColumn[];
  readonly #positions: readonly number[];
  readonly #width: number;
  #unquoted = Buffer.allocUnsafe(1024);

  /** Throws FileRefused where the header is not the data set's. */
  constructor(columns: readonly CsvColumn[], header: RecordAt) {
    this.#columns = columns;
    this.#width = header.scanner.fieldCount;
    this.#positions = columnPositions(
      headings(header),
      columns.map(({ heading }) => heading),
    );
  }

  /** Writes the values of a record; null, or what is wrong with it (then the caller removes what was written). */
  encode({ bytes, scanner }: RecordAt, values: RowBinaryWriter): Broken[] | null {
    if (scanner.fieldCount !== this.#width) return [this.#wrongWidth(scanner.fieldCount)];
    let broken: Broken[] | null = null;
    for (let index = 0; index < this.#columns.length; index += 1) {
      const column = this.#columns[index];
      const position = this.#positions[index];
      if (column === undefined || position === undefined) continue;
      if (!this.#cell(column, position, { bytes, scanner }, values)) {
        (broken ??= []).push(wrongType(column, fieldText(bytes, scanner, position)));
      }
    }
    return broken;
  }

  /** False: the cell is not of its type. */
  #cell(
    { type, textColumn }: CsvColumn,
    position: number,
    { bytes, scanner }: { bytes: Buffer; scanner: CsvScanner },
    values: RowBinaryWriter,
  ): boolean {
    const start = scanner.starts[position] ?? 0;
    const end = scanner.ends[position] ?? 0;
    let isRight = true;
    if (start === end) values.null();
    else if (type === 'text') {
      values.notNull();
      if (scanner.escaped[position] === 0) values.slice(bytes, start, end);
      else this.#writeUnquoted(bytes, start, end, values);
    } else isRight = writeNumber(type, bytes, { start, end }, values);
    if (textColumn !== undefined) values.slice(bytes, start, end);
    return isRight;
  }

  #writeUnquoted(bytes: Buffer, start: number, end: number, values: RowBinaryWriter): void {
    if (this.#unquoted.length < end - start) this.#unquoted = Buffer.allocUnsafe((end - start) * 2);
    let length = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      this.#unquoted[length] = byte;
      length += 1;
      if (byte === QUOTE) at += 1;
    }
    values.slice(this.#unquoted, 0, length);
  }

  #wrongWidth(found: number): Broken {
    return { rule: 'column_count', detail: `${found} fields where the header has ${this.#width}` };
  }
}

/** Int32 or Decimal(10, 2), both Nullable. */
function writeNumber(
  type: 'int32' | 'cents',
  bytes: Buffer,
  { start, end }: { start: number; end: number },
  values: RowBinaryWriter,
): boolean {
  const value = type === 'int32' ? parseInt32(bytes, start, end) : parseHundredths(bytes, start, end);
  if (Number.isNaN(value)) return false;
  values.notNull();
  if (type === 'int32') values.int32(value);
  else values.int64(value);
  return true;
}

const EXPECTED: Readonly<Record<CsvColumn['type'], string>> = {
  text: 'text',
  int32: 'a whole number of 32 bits, digits alone',
  cents: 'a number below 100,000,000, digits and at most one point',
};

function wrongType({ heading, type }: CsvColumn, text: string): Broken {
  const shown = JSON.stringify(text.slice(0, 100));
  return { rule: `type_${ruleName(heading)}`, detail: `${heading} is ${shown}, not ${EXPECTED[type]}` };
}

/** `Customer ID` → `customer_id`. */
export function ruleName(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}

export function headings({ bytes, scanner }: RecordAt): string[] {
  return Array.from({ length: scanner.fieldCount }, (_, index) => fieldText(bytes, scanner, index));
}
