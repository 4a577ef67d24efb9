import { type CsvHandler, type RecordAt, printable, readCsvRecords } from '../csv/csv-records.ts';
import { type CsvColumn } from '../datasets/dataset.ts';
import { type Broken, FileRefused } from '../errors.ts';
import { encodeFacts, FACT_COLUMNS } from '../load/load-columns.ts';
import { TableWriter } from '../load/table-writer.ts';
import { CsvRows } from './csv-rows.ts';
import type { FormatLoad } from './format.ts';

export const ENCODING: Broken = { rule: 'encoding', detail: 'bytes that are no UTF-8 text: save the file as UTF-8' };
export const CSV_QUOTE: Broken = {
  rule: 'csv_quote',
  detail: 'a quote inside a field, or one that stays open: quote the whole field and double the quotes in it',
};

/** A file with a header and a row per record, into a table of its own columns. */
export async function loadCsv(load: FormatLoad, columns: readonly CsvColumn[]): Promise<number> {
  const names = columns.flatMap(({ column, textColumn }) => [
    column,
    ...(textColumn === undefined ? [] : [textColumn]),
  ]);
  const { clickhouse, facts } = load;
  const table = new TableWriter({
    clickhouse,
    table: facts.claim.dataset.table,
    columns: [...names, 'line_no', ...FACT_COLUMNS],
    fileBytes: load.content.bytes,
  });
  const handler = new TableHandler(load, columns, table);
  const { hasFinalNewline } = await readCsvRecords(load.chunks(), handler);
  handler.checkEnd(hasFinalNewline);
  await table.flush();
  return table.rows;
}

class TableHandler implements CsvHandler {
  readonly #load: FormatLoad;
  readonly #columns: readonly CsvColumn[];
  readonly #table: TableWriter;
  readonly #facts: Buffer;
  #rows: CsvRows | null = null;
  #lastWidth: number | null = null;

  constructor(load: FormatLoad, columns: readonly CsvColumn[], table: TableWriter) {
    this.#load = load;
    this.#columns = columns;
    this.#table = table;
    this.#facts = encodeFacts(load.facts);
  }

  header(at: RecordAt): void {
    if (!at.isText) throw new FileRefused([{ ...ENCODING, rule: 'file_encoding' }], printable(at.bytes));
    this.#rows = new CsvRows(this.#columns, at);
  }

  record(at: RecordAt): void {
    const { values } = this.#table;
    const mark = values.mark();
    this.#lastWidth = at.scanner.fieldCount;
    const broken = this.#rows?.encode(at, values) ?? null;
    if (broken === null && at.isText) {
      values.uint32(at.lineNo);
      values.encoded(this.#facts);
      this.#table.endRow();
      return;
    }
    values.truncate(mark);
    this.#refuse(at, [...(at.isText ? [] : [ENCODING]), ...(broken ?? [])]);
  }

  badLine(at: RecordAt): void {
    if (this.#rows === null) {
      throw new FileRefused([{ ...CSV_QUOTE, rule: 'file_format' }], printable(at.bytes.subarray(at.from, at.to)));
    }
    this.#lastWidth = 0;
    this.#refuse(at, [CSV_QUOTE]);
  }

  async pause(): Promise<void> {
    await this.#table.flushIfFull();
    await this.#load.quarantine.flushIfFull();
  }

  /** Throws FileRefused for a file that ends too early. */
  checkEnd(hasFinalNewline: boolean): void {
    if (this.#rows === null) {
      throw new FileRefused([{ rule: 'file_empty', detail: 'the file is empty: not even a header stands in it' }]);
    }
    const isCut = this.#lastWidth !== null && this.#lastWidth < this.#columns.length;
    if (hasFinalNewline || (!this.#load.needsFinalNewline && !isCut)) return;
    const detail =
      'the last line has no end: the file is cut off, or its writer leaves out the last line end ' +
      '(EBB_LOADER_FINAL_NEWLINE=off accepts that)';
    throw new FileRefused([{ rule: 'file_truncated', detail }]);
  }

  #refuse(at: RecordAt, broken: readonly Broken[]): void {
    this.#load.quarantine.line(at.lineNo, broken, printable(at.bytes.subarray(at.from, at.to)));
  }
}
