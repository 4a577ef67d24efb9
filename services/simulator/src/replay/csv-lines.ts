import { splitCsvRecord } from './csv-record.ts';

export interface CsvRecord {
  /** Line of the file on which the record starts, the first line is 1. */
  lineNumber: number;
  /** Null where the line is no CSV. */
  fields: string[] | null;
  raw: string;
}

/** A field with line breaks may span this many lines; a quote that stays open longer is a stray one. */
const MAX_RECORD_LINES = 16;

/**
 * Turns lines into records. A line whose quote stays open is joined with the next ones; when that gives no whole
 * record, only that line is bad and reading goes on with the line behind it.
 */
export async function* readCsvRecords(lines: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let pending: string[] = [];
  let firstLine = 1;
  const take = (count: number, fields: string[] | null): CsvRecord => {
    const record = { lineNumber: firstLine, fields, raw: pending.slice(0, count).join('\n') };
    pending = pending.slice(count);
    firstLine += count;
    return record;
  };
  for await (const line of lines) {
    if (pending.length === 0) {
      const fields = splitCsvRecord(line);
      if (fields !== 'open') {
        if (line !== '') yield { lineNumber: firstLine, fields, raw: line };
        firstLine += 1;
        continue;
      }
    }
    pending.push(line);
    yield* settle(false);
  }
  yield* settle(true);

  function* settle(atEnd: boolean): Generator<CsvRecord> {
    while (pending.length > 0) {
      const whole = firstWholeRecord(pending);
      if (whole === 'open' && !atEnd && pending.length < MAX_RECORD_LINES) return;
      if (whole === 'open' || whole === null) yield take(1, null);
      else if (whole.lines === 1 && pending[0] === '') take(1, null);
      else yield take(whole.lines, whole.fields);
    }
  }
}

function firstWholeRecord(lines: string[]): { lines: number; fields: string[] } | 'open' | null {
  let text = '';
  for (const [index, line] of lines.entries()) {
    text = index === 0 ? line : `${text}\n${line}`;
    const fields = splitCsvRecord(text);
    if (fields !== 'open') return fields === null ? null : { lines: index + 1, fields };
  }
  return 'open';
}

/** Lines of a byte stream in UTF-8, without their line ends (LF or CR LF) and without a byte order mark. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield withoutCarriageReturn(line);
  }
  rest += decoder.decode();
  if (rest !== '') yield withoutCarriageReturn(rest);
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
