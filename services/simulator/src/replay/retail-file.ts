import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { EbbError, errorMessage } from '@ebb/core';
import type { SimulatorErrorCode } from '../errors.ts';
import { type CsvRecord, readCsvRecords, readLines } from './csv-lines.ts';
import { DocumentBuilder, type RetailDocument } from './retail-document.ts';
import { findRetailColumns, type LineProblem, parseRetailLine, type RetailColumns } from './retail-line.ts';

export interface BadLine extends LineProblem {
  lineNumber: number;
  raw: string;
}

export interface RetailFile {
  path: string;
  /** Of the decompressed bytes: the same content gzipped or not is the same file. */
  sha256: string;
  documents: RetailDocument[];
  badLines: BadLine[];
  goodLines: number;
  /** Latest time of any line, or null in a file without one. */
  lastTimeMs: number | null;
}

/** Reads a CSV file (`.gz` or plain) of either layout. Raises FILE_UNREADABLE or NO_HEADER; bad lines are collected. */
export async function readRetailFile(path: string): Promise<RetailFile> {
  const hash = createHash('sha256');
  const reader = new RetailReader(path);
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const read = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const record of readCsvRecords(readLines(chunks))) reader.add(record);
  };
  try {
    const file = createReadStream(path);
    if (path.endsWith('.gz')) await pipeline(file, createGunzip(), hashing, read);
    else await pipeline(file, hashing, read);
  } catch (error) {
    if (error instanceof EbbError) throw error;
    throw new EbbError<SimulatorErrorCode>('FILE_UNREADABLE', `reading ${path}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  return reader.finish(hash.digest('hex'));
}

class RetailReader {
  readonly #path: string;
  readonly #builder = new DocumentBuilder();
  readonly #badLines: BadLine[] = [];
  #columns: RetailColumns | null = null;
  #goodLines = 0;
  #lastTimeMs: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  add(record: CsvRecord): void {
    if (this.#columns === null) {
      this.#columns = this.#readHeader(record);
      return;
    }
    const line =
      record.fields === null
        ? { ok: false as const, error: { code: 'not_csv', message: 'a quote stands where none may' } }
        : parseRetailLine(record.fields, this.#columns);
    if (!line.ok) {
      this.#badLines.push({ ...line.error, lineNumber: record.lineNumber, raw: record.raw });
      return;
    }
    this.#goodLines += 1;
    this.#lastTimeMs = Math.max(this.#lastTimeMs ?? line.value.timeMs, line.value.timeMs);
    this.#builder.add(line.value);
  }

  finish(sha256: string): RetailFile {
    if (this.#columns === null) throw this.#noHeader('the file is empty');
    return {
      path: this.#path,
      sha256,
      documents: this.#builder.build(),
      badLines: this.#badLines,
      goodLines: this.#goodLines,
      lastTimeMs: this.#lastTimeMs,
    };
  }

  #readHeader(record: CsvRecord): RetailColumns {
    const columns = findRetailColumns(record.fields ?? []);
    if (!columns.ok) throw this.#noHeader(`columns missing: ${columns.error.join(', ')}`);
    return columns.value;
  }

  #noHeader(reason: string): EbbError {
    return new EbbError<SimulatorErrorCode>(
      'NO_HEADER',
      `${this.#path} has no Online Retail II header (${reason}); the first line must name the columns`,
    );
  }
}
