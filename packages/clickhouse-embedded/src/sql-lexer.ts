/** A piece of SQL that means something; comments and white space are left out. */
export interface Token {
  kind: 'word' | 'quoted' | 'symbol';
  text: string;
  /** Where it starts and ends in the text. */
  start: number;
  end: number;
  /** How many brackets are open around it. */
  depth: number;
}

/**
 * Comments (`--`, `#` at a word's start, slash-star), quoted text, quoted names, here-documents, words and numbers, any
 * other character. What is not closed reaches to the end.
 */
const PIECES =
  /--[^\n]*|#[ !][^\n]*|\/\*[^]*?(?:\*\/|$)|('(?:[^'\\]|\\[^]|'')*(?:'|$)|"(?:[^"\\]|\\[^]|"")*(?:"|$)|`(?:[^`\\]|\\[^]|``)*(?:`|$)|\$(\w*)\$[^]*?(?:\$\2\$|$))|([\w$]+|[\u0080-\uffff]+)|(\S)/g;

/** Reads tokens one after the other, so that a long text is read only as far as somebody asks. */
export function* tokens(sql: string): Generator<Token> {
  let depth = 0;
  for (const match of sql.matchAll(PIECES)) {
    const [text, quoted, , word, symbol] = match;
    const at = { text, start: match.index, end: match.index + text.length };
    if (quoted !== undefined) yield { kind: 'quoted', ...at, depth };
    else if (word !== undefined) yield { kind: 'word', ...at, depth };
    else if (symbol !== undefined) {
      if (symbol === ')' || symbol === ']') depth -= 1;
      yield { kind: 'symbol', ...at, depth };
      if (symbol === '(' || symbol === '[') depth += 1;
    }
  }
}

/** The first word in capitals, opening brackets skipped; empty when there is none. */
export function firstWord(sql: string): string {
  for (const token of tokens(sql)) {
    if (token.kind === 'word') return token.text.toUpperCase();
    if (token.text !== '(') return '';
  }
  return '';
}

/** Whether anything follows a semicolon. Any doubt counts as yes: the engine's parser then has the last word. */
export function mayHoldSeveral(sql: string): boolean {
  const end = sql.trimEnd().replace(/;+$/, '');
  return end.includes(';');
}

/** A literal for a SET statement. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
