import type { BodySpool } from './body-spool.ts';
import { type InsertStatement, insertFromFile, parseInsert, selectFromFile } from './insert-statement.ts';
import { firstWord, tokens } from './sql-lexer.ts';

/** What the engine is to run. */
export interface Statement {
  sql: string;
  /** In capitals. */
  firstWord: string;
  /** Rows are written, from data that came with the request. */
  isDataInsert: boolean;
}

/** An INSERT's head is looked for no further than this into a body. */
const HEAD_BYTES = 256 * 1024;

/**
 * The statement stands in the query string, in the body, or begins in one and goes on in the other; the data of an
 * INSERT follows it. Data goes to a file that the engine reads by itself, fastest of all ways to hand it over.
 */
export async function readStatement(query: string, body: BodySpool): Promise<Statement> {
  if (query.trim() === '') return fromBody(body);
  const insert = parseInsert(query);
  if (insert !== null) return withData(insert, body, { from: 0, prefix: query.slice(insert.dataStart) });
  if (body.size === 0) return plain(query);
  if (firstWord(query) === 'INSERT') {
    const path = await body.file({ from: 0, prefix: '' });
    const sql = selectFromFile(query, path);
    if (sql !== null) return { sql, firstWord: 'INSERT', isDataInsert: true };
  }
  return plain(`${query}\n${body.text()}`);
}

async function fromBody(body: BodySpool): Promise<Statement> {
  // A character per byte until it is known where the data begins.
  const bytes = body.beginning(HEAD_BYTES);
  const insert = parseInsert(bytes);
  const isShortValues = insert?.format === 'Values' && body.size <= HEAD_BYTES;
  if (insert === null || isShortValues) return plain(body.text());
  const head = { ...insert, head: utf8(insert.head), settings: utf8(insert.settings) };
  return withData(head, body, { from: insert.dataStart, prefix: '' });
}

async function withData(
  insert: InsertStatement,
  body: BodySpool,
  cut: { from: number; prefix: string },
): Promise<Statement> {
  const path = await body.file(cut);
  return { sql: insertFromFile(insert, path), firstWord: 'INSERT', isDataInsert: true };
}

function plain(sql: string): Statement {
  const word = firstWord(sql);
  return { sql: word === 'KILL' ? killByTag(sql) : sql, firstWord: word, isDataInsert: false };
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/**
 * The engine names its queries itself; the id a client chose is carried by a setting. And KILL … SYNC would never
 * return here.
 */
function killByTag(sql: string): string {
  let result = '';
  let at = 0;
  for (const token of tokens(sql)) {
    const replacement = token.kind === 'quoted' ? undefined : KILL_WORDS[token.text.toUpperCase()];
    if (replacement === undefined) continue;
    result += sql.slice(at, token.start) + replacement;
    at = token.end;
  }
  return result + sql.slice(at);
}

const KILL_WORDS: Readonly<Record<string, string>> = {
  QUERY_ID: `splitByChar('|', Settings['log_comment'])[1]`,
  SYNC: 'ASYNC',
};
