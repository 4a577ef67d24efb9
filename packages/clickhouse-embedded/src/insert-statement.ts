import { literal, type Token, tokens } from './sql-lexer.ts';

/** An INSERT taken apart where its data is spliced in. */
export interface InsertStatement {
  /** Up to the settings or the format. */
  head: string;
  /** `SETTINGS …`, or empty. */
  settings: string;
  format: string;
  /** Where the data starts in the text, a semicolon and one line break after the format skipped. */
  dataStart: number;
}

/**
 * Looks for `INSERT INTO … [SETTINGS …] FORMAT X` or `… VALUES` in front of data. Null for INSERT … SELECT, for FROM
 * INFILE, and for anything that is no INSERT: those are run as they stand.
 */
export function parseInsert(sql: string): InsertStatement | null {
  let settings: Token | null = null;
  let format: Token | null = null;
  let isFirst = true;
  let hasSource = false;
  for (const token of tokens(sql)) {
    const word = token.kind === 'word' && token.depth === 0 ? token.text.toUpperCase() : '';
    if (isFirst && word !== 'INSERT') return null;
    isFirst = false;
    if (format !== null) return hasSource ? null : split(sql, settings, { keyword: format, name: token });
    if (word === 'SELECT' || word === 'WITH' || word === 'INFILE') hasSource = true;
    if (word === 'SETTINGS') settings = token;
    if (word === 'VALUES') return hasSource ? null : splitValues(sql, settings, token);
    if (word === 'FORMAT') format = token;
  }
  return null;
}

function split(sql: string, settings: Token | null, format: { keyword: Token; name: Token }): InsertStatement {
  const { keyword, name } = format;
  const cut = settings?.start ?? keyword.start;
  const gap = /^[ \t\f]*;?[ \t\f]*\r?\n?/.exec(sql.slice(name.end, name.end + MAX_GAP))?.[0] ?? '';
  return {
    head: sql.slice(0, cut),
    settings: settings === null ? '' : sql.slice(settings.start, keyword.start),
    format: name.text,
    dataStart: name.end + gap.length,
  };
}

function splitValues(sql: string, settings: Token | null, values: Token): InsertStatement {
  return {
    head: sql.slice(0, settings?.start ?? values.start),
    settings: settings === null ? '' : sql.slice(settings.start, values.start),
    format: 'Values',
    dataStart: values.end,
  };
}

/** Blanks between the format and the line break behind it. */
const MAX_GAP = 100;

/** The same INSERT with its data in a file. */
export function insertFromFile(insert: InsertStatement, path: string): string {
  return `${insert.head} FROM INFILE ${literal(path)} COMPRESSION 'none' ${insert.settings} FORMAT ${insert.format}`;
}

/**
 * `INSERT … SELECT … FROM input('structure') … FORMAT X` with its data in a file. The engine's own `input()` reads
 * nothing here; `file()` with the same structure does. Null when the statement has no `input()`.
 */
export function selectFromFile(sql: string, path: string): string | null {
  const all = [...tokens(sql)];
  const at = all.findIndex((token, index) => token.text.toLowerCase() === 'input' && all[index + 1]?.text === '(');
  const [keyword, format] = all.slice(-2);
  const open = all[at + 1];
  const input = all[at];
  if (input === undefined || open === undefined || format === undefined || keyword === undefined) return null;
  if (keyword.text.toUpperCase() !== 'FORMAT') return null;
  const file = `file(${literal(path)}, ${literal(format.text)}, `;
  return sql.slice(0, input.start) + file + sql.slice(open.end, keyword.start);
}
