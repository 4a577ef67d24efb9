import { FileRefused } from '../errors.ts';

export interface JsonElement {
  /** The element's own text. */
  readonly text: string;
  readonly lineNo: number;
}

/** What JSON calls white space, and the comma between elements. */
const BETWEEN = /[\s,]*/y;
/** What can change where an element ends: texts, brackets, the comma. */
const TOKENS = /"(?:[^"\\]|\\[^])*(?:"|$)|[[\]{},]/g;

/**
 * The elements of a JSON array, or the one value that a file holds, as they are written: a number keeps the digits that
 * a double has no room for. Throws FileRefused for an array that does not end.
 */
export function* jsonElements(text: string): Generator<JsonElement> {
  const lines = new LineCounter(text);
  const start = text.search(/\S/);
  if (start < 0) throw new FileRefused([{ rule: 'file_empty', detail: 'the file is empty' }]);
  if (text[start] !== '[') {
    yield { text: text.slice(start).trimEnd(), lineNo: lines.at(start) };
    return;
  }
  yield* elements(text, start + 1, lines);
}

function* elements(text: string, start: number, lines: LineCounter): Generator<JsonElement> {
  let depth = 0;
  let from = skip(text, start);
  TOKENS.lastIndex = start;
  for (let token = TOKENS.exec(text); token !== null; token = TOKENS.exec(text)) {
    const [found] = token;
    const at = token.index;
    const resume = TOKENS.lastIndex;
    if (found === '[' || found === '{') depth += 1;
    else if (found === ']' && depth === 0) {
      if (at > from) yield { text: text.slice(from, at).trimEnd(), lineNo: lines.at(from) };
      checkEnd(text, at + 1);
      return;
    } else if (found === ']' || found === '}') depth -= 1;
    else if (found === ',' && depth === 0) {
      if (at > from) yield { text: text.slice(from, at).trimEnd(), lineNo: lines.at(from) };
      from = skip(text, at + 1);
    }
    TOKENS.lastIndex = resume;
  }
  throw new FileRefused([{ rule: 'file_truncated', detail: 'the array does not end: the file is cut off' }]);
}

function skip(text: string, at: number): number {
  BETWEEN.lastIndex = at;
  BETWEEN.exec(text);
  return BETWEEN.lastIndex;
}

function checkEnd(text: string, at: number): void {
  const rest = text.slice(at).trim();
  if (rest === '') return;
  const detail = `${JSON.stringify(rest.slice(0, 100))} follows the array: one value per file, or one per line in .ndjson`;
  throw new FileRefused([{ rule: 'file_format', detail }]);
}

/** Line numbers of rising positions. */
class LineCounter {
  readonly #text: string;
  #at = 0;
  #lineNo = 1;

  constructor(text: string) {
    this.#text = text;
  }

  at(position: number): number {
    for (let next = this.#text.indexOf('\n', this.#at); next >= 0 && next < position;) {
      this.#lineNo += 1;
      this.#at = next + 1;
      next = this.#text.indexOf('\n', this.#at);
    }
    return this.#lineNo;
  }
}
