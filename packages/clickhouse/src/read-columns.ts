import { isAscii } from 'node:buffer';
import { type Data, DataType, Precision, type RecordBatch, RecordBatchReader, type Schema } from 'apache-arrow';
import type { BytesOptions, Clickhouse } from './clickhouse.ts';
import { fromDriver } from './driver-error.ts';
import { ClickhouseError } from './errors.ts';

/** A result by column; every column has `rows` values. */
export interface Columns {
  readonly rows: number;
  /** Float64 columns; a NULL is NaN, never 0. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** String columns; a NULL is null. */
  readonly texts: ReadonlyMap<string, (string | null)[]>;
}

export interface ReadColumnsOptions extends BytesOptions {
  /** Rows that the server sends at a time; default 65,536. */
  chunkRows?: number;
}

const CHUNK_ROWS = 65_536;
/** By which an Arrow stream ends (Arrow columnar format, "IPC Streaming Format"): a continuation marker and length 0. */
const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/**
 * Reads a result as Apache Arrow, by column, in chunks: a number costs a copy of its bytes and no text is made of it.
 * The SELECT casts what it reads: `toFloat64(…)` for numbers (a Nullable is fine), `toString(…)` for texts; other types
 * raise COLUMN_TYPE. A stream that ends before its end marker is UNREACHABLE, never a shorter result.
 */
export async function readColumns(
  clickhouse: Pick<Clickhouse, 'queryBytes'>,
  sql: string,
  options: ReadColumnsOptions = {},
): Promise<Columns> {
  const { chunkRows = CHUNK_ROWS, settings, ...rest } = options;
  const stream = await clickhouse.queryBytes(sql, 'ArrowStream', {
    ...rest,
    settings: {
      ...settings,
      // This reader knows no codec; the connection is local, or compressed as a whole.
      output_format_arrow_compression_method: 'none',
      output_format_arrow_string_as_string: 1,
      output_format_arrow_low_cardinality_as_dictionary: 0,
      max_block_size: chunkRows,
    },
  });
  try {
    const reader = await RecordBatchReader.from(whole(stream, sql));
    await reader.open();
    const gatherer = new ColumnGatherer(reader.schema);
    for await (const batch of reader) gatherer.add(batch);
    return gatherer.columns();
  } catch (error) {
    throw fromDriver(error, sql, options.signal);
  } finally {
    stream.destroy();
  }
}

/** The bytes as they come; raises where they end without the end marker. */
async function* whole(stream: AsyncIterable<Buffer>, sql: string): AsyncGenerator<Uint8Array> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    tail = chunk.length >= END_OF_STREAM.length ? chunk : Buffer.concat([tail, chunk]);
    tail = tail.subarray(-END_OF_STREAM.length);
    yield chunk;
  }
  if (tail.equals(END_OF_STREAM)) return;
  throw new ClickhouseError('UNREACHABLE', `the answer broke off before its end [${sql.slice(0, 200)}]`, {
    retryable: true,
  });
}

class ColumnGatherer {
  readonly #numbers = new Map<string, Float64Array[]>();
  readonly #texts = new Map<string, (string | null)[]>();
  #rows = 0;

  /** A result without rows has columns nevertheless. */
  constructor({ fields }: Schema) {
    for (const { name, type } of fields) {
      if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) this.#numbers.set(name, []);
      else if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) this.#texts.set(name, []);
      else {
        throw new ClickhouseError(
          'COLUMN_TYPE',
          `column "${name}" comes as ${String(type)}: cast it with toFloat64 or toString`,
        );
      }
    }
  }

  add(batch: RecordBatch): void {
    // A result without rows comes as one batch without columns.
    if (batch.numRows === 0) return;
    for (const { name } of batch.schema.fields) {
      for (const data of batch.getChild(name)?.data ?? []) {
        this.#numbers.get(name)?.push(numbersOf(data));
        const texts = this.#texts.get(name);
        if (texts !== undefined) addTexts(data, texts);
      }
    }
    this.#rows += batch.numRows;
  }

  columns(): Columns {
    const numbers = new Map([...this.#numbers].map(([name, chunks]) => [name, joined(chunks, this.#rows)]));
    return { rows: this.#rows, numbers, texts: this.#texts };
  }
}

function numbersOf(data: Data): Float64Array {
  const values = (data.values as Float64Array).subarray(0, data.length);
  if (data.nullCount === 0) return values;
  const known = values.slice();
  for (let row = 0; row < known.length; row += 1) if (!data.getValid(row)) known[row] = Number.NaN;
  return known;
}

/** ASCII becomes one text that is cut up: to decode value by value takes several times as long. */
function addTexts(data: Data, texts: (string | null)[]): void {
  const { length, nullCount } = data;
  const offsets = data.valueOffsets as Int32Array | BigInt64Array;
  const { buffer, byteOffset, byteLength } = data.values as Uint8Array;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const whole = isAscii(bytes) ? bytes.toString('latin1') : null;
  for (let row = 0; row < length; row += 1) {
    const [from, to] = [Number(offsets[row]), Number(offsets[row + 1])];
    if (nullCount > 0 && !data.getValid(row)) texts.push(null);
    else texts.push(whole === null ? bytes.toString('utf8', from, to) : whole.slice(from, to));
  }
}

function joined(chunks: readonly Float64Array[], rows: number): Float64Array {
  const values = new Float64Array(rows);
  let at = 0;
  for (const chunk of chunks) {
    values.set(chunk, at);
    at += chunk.length;
  }
  return values;
}
