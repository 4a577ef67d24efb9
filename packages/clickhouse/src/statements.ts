/**
 * Splits SQL text at the semicolons that end statements, not at those in quotes or comments; empty statements and
 * comments around them are dropped. `rest` is what follows the last semicolon and is not finished.
 */
export function splitStatements(sql: string): { statements: string[]; rest: string } {
  const statements: string[] = [];
  let start = 0;
  for (const token of sql.matchAll(TOKENS)) {
    if (token[0] !== ';') continue;
    statements.push(sql.slice(start, token.index));
    start = token.index + 1;
  }
  return { statements: statements.filter((text) => !isBlank(text)).map((text) => text.trim()), rest: sql.slice(start) };
}

/** Nothing but white space and comments. */
export function isBlank(sql: string): boolean {
  return sql.replaceAll(COMMENTS, '').trim() === '';
}

const COMMENTS = /--[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
/** Comments, quoted text and names (an unfinished one reaches to the end), and the semicolon itself. */
const TOKENS =
  /--[^\n]*|\/\*[^]*?(?:\*\/|$)|'(?:[^'\\]|\\[^]|'')*(?:'|$)|"(?:[^"\\]|\\[^])*(?:"|$)|`(?:[^`\\]|\\[^])*(?:`|$)|;/g;
