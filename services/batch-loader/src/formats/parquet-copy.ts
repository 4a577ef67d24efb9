import { type ColumnSource, ByteWriter, parquetWrite } from 'hyparquet-writer';

/** Where the Parquet copies of documents go. */
export interface CopyTarget {
  put(key: string, content: Buffer): Promise<void>;
}

type Kind = 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'STRING';

interface Column {
  kind: Kind | null;
  values: unknown[];
}

/** Files with more text stay in the warehouse alone: the copy is made in memory, and needs several times as much. */
const MAX_CHARS = 64 * 1024 ** 2;

/**
 * The documents of a file as a table: a column per top-level field, of the narrowest type that holds all its values
 * exactly. What is no plain value of one type (objects, lists, mixtures, numbers with more digits than a double holds)
 * becomes its JSON text.
 */
export class ParquetCopy {
  readonly #columns = new Map<string, Column>();
  #rows = 0;
  #chars = 0;

  add(document: Readonly<Record<string, unknown>>, text: string): void {
    this.#chars += text.length;
    if (this.#chars > MAX_CHARS) {
      this.#columns.clear();
      return;
    }
    for (const [name, value] of Object.entries(exact(document, text))) {
      let column = this.#columns.get(name);
      if (column === undefined) {
        column = { kind: null, values: Array.from<unknown>({ length: this.#rows }).fill(null) };
        this.#columns.set(name, column);
      }
      column.values.push(value);
      column.kind = wider(column.kind, value);
    }
    this.#rows += 1;
    for (const column of this.#columns.values()) if (column.values.length < this.#rows) column.values.push(null);
  }

  /** The file; null without rows, or with too many of them. */
  finish(): Buffer | null {
    if (this.#columns.size === 0) return null;
    const writer = new ByteWriter();
    const columnData = [...this.#columns].map(([name, column]) => columnSource(name, column));
    void parquetWrite({ writer, columnData, codec: 'SNAPPY' });
    return Buffer.from(writer.getBytes());
  }
}

/** Digits that JSON.parse drops (`0.1234567890123456789`) are kept, as text. */
function exact(document: Readonly<Record<string, unknown>>, text: string): Readonly<Record<string, unknown>> {
  return LONG_NUMBER.test(text) ? (JSON.parse(text, keepDigits) as Readonly<Record<string, unknown>>) : document;
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && source !== undefined && !isExact(value, source) ? source : value;
}

const LONG_NUMBER = /\d{16}|\d[eE]/;

function isExact(value: number, source: string): boolean {
  return Number.isSafeInteger(value) || (!/^-?\d+$/.test(source) && source.replaceAll(/[^0-9]/g, '').length <= 15);
}

function kindOf(value: unknown): Kind | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'INT64' : 'DOUBLE';
  return 'STRING';
}

function wider(kind: Kind | null, value: unknown): Kind | null {
  const other = kindOf(value);
  if (kind === null || other === null || kind === other) return other ?? kind;
  const isNumeric = (one: Kind): boolean => one === 'INT64' || one === 'DOUBLE';
  return isNumeric(kind) && isNumeric(other) ? 'DOUBLE' : 'STRING';
}

function columnSource(name: string, { kind, values }: Column): ColumnSource {
  const type = kind ?? 'STRING';
  const convert = CONVERSIONS[type];
  return { name, type, nullable: true, data: values.map((value) => (value === null ? null : convert(value))) };
}

const CONVERSIONS: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  BOOLEAN: (value) => value,
  INT64: (value) => BigInt(value as number),
  DOUBLE: (value) => value,
  STRING: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
};
