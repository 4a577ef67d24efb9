import { tokens } from './sql-lexer.ts';

/** Formats whose pieces, put one behind the other, are the whole: they are sent while the query runs. */
const STREAMED = new Set(
  [
    'JSONEachRow',
    'JSONStringsEachRow',
    'JSONCompactEachRow',
    'JSONCompactStringsEachRow',
    'JSONLines',
    'NDJSON',
    'TabSeparated',
    'TabSeparatedRaw',
    'TSV',
    'TSVRaw',
    'TSKV',
    'CSV',
    'RowBinary',
    'LineAsString',
  ].map((name) => name.toLowerCase()),
);

const CONTENT_TYPES: readonly [RegExp, string][] = [
  [
    /^json(strings|compact|compactstrings|columns\w*|objecteachrow|columnswithmetadata)?$/i,
    'application/json; charset=UTF-8',
  ],
  [/eachrow|ndjson|jsonlines/i, 'application/x-ndjson; charset=UTF-8'],
  [/^(tsv|tabseparated)/i, 'text/tab-separated-values; charset=UTF-8'],
  [/^csv/i, 'text/csv; charset=UTF-8; header=absent'],
  [/^(rowbinary|native|parquet|arrow|orc|avro|rawblob)/i, 'application/octet-stream'],
];

export function isStreamed(format: string): boolean {
  return STREAMED.has(format.toLowerCase());
}

export function contentType(format: string): string {
  return CONTENT_TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
}

/** The format a statement names itself, at its end or before its settings; null when it names none. */
export function namedFormat(sql: string): string | null {
  let format: string | null = null;
  let isNext = false;
  for (const token of tokens(sql)) {
    const word = token.kind === 'word' && token.depth === 0 ? token.text : '';
    if (format !== null && word.toUpperCase() === 'SETTINGS') return format;
    if (isNext && word !== '') format = word;
    else if (token.text !== ';') format = null;
    isNext = word.toUpperCase() === 'FORMAT';
  }
  return format;
}
