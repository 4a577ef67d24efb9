import type { Broken } from '../errors.ts';
import { encodeFacts, FACT_COLUMNS } from '../load/load-columns.ts';
import { TableWriter } from '../load/table-writer.ts';
import type { FormatLoad } from './format.ts';
import type { ParquetCopy } from './parquet-copy.ts';

const NOT_JSON: Broken = { rule: 'json_syntax', detail: 'this is no JSON' };
const NOT_OBJECT: Broken = { rule: 'json_object', detail: 'each row must be a JSON object, { … }' };

/** Rows of raw.documents, and of their copy in Parquet. */
export class DocumentRows {
  readonly table: TableWriter;
  readonly #load: FormatLoad;
  readonly #copy: ParquetCopy;
  readonly #facts: Buffer;

  constructor(load: FormatLoad, copy: ParquetCopy) {
    this.#load = load;
    this.#copy = copy;
    this.#facts = encodeFacts(load.facts);
    this.table = new TableWriter({
      clickhouse: load.clickhouse,
      table: load.facts.claim.dataset.table,
      columns: ['collection', 'document', 'line_no', ...FACT_COLUMNS],
      fileBytes: load.content.bytes,
    });
  }

  /** Takes the text of one JSON value. */
  text(text: string, lineNo: number): void {
    const value = parsed(text);
    if (value === undefined) this.#refuse(lineNo, NOT_JSON, text);
    else if (value === null || typeof value !== 'object' || Array.isArray(value))
      this.#refuse(lineNo, NOT_OBJECT, text);
    else this.object(value as Readonly<Record<string, unknown>>, text, lineNo);
  }

  object(value: Readonly<Record<string, unknown>>, text: string, lineNo: number): void {
    const { values } = this.table;
    values.string(this.#load.facts.claim.collection ?? '');
    values.string(text);
    values.uint32(lineNo);
    values.encoded(this.#facts);
    this.table.endRow();
    this.#copy.add(value, text);
  }

  async pause(): Promise<void> {
    await this.table.flushIfFull();
    await this.#load.quarantine.flushIfFull();
  }

  #refuse(lineNo: number, broken: Broken, text: string): void {
    this.#load.quarantine.line(lineNo, [broken], text.slice(0, 2_000));
  }
}

/** Undefined where the text is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
