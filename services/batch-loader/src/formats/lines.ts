const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export interface Line {
  /** Without its end. */
  readonly bytes: Buffer;
  /** The first is 1. */
  readonly lineNo: number;
  /** False: the file ends here without one. */
  readonly hasEnd: boolean;
}

/** Lines of a file; blank ones are counted and left out. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let lineNo = 0;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(LF, from); end >= 0; end = bytes.indexOf(LF, from)) {
      lineNo += 1;
      const line = content(bytes.subarray(from, end), lineNo);
      if (line.length > 0) yield { bytes: line, lineNo, hasEnd: true };
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
  const last = content(rest, lineNo + 1);
  if (last.length > 0) yield { bytes: last, lineNo: lineNo + 1, hasEnd: false };
}

/** A line without a carriage return at its end and, in the first, without a byte order mark; a blank one is empty. */
function content(line: Buffer, lineNo: number): Buffer {
  const marked = lineNo === 1 && line.subarray(0, BOM.length).equals(BOM) ? line.subarray(BOM.length) : line;
  const text = marked.at(-1) === CR ? marked.subarray(0, -1) : marked;
  return text.every((byte) => byte === SPACE || byte === TAB) ? text.subarray(0, 0) : text;
}
