const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
/** Zeros that stay behind the last byte: whatever is read runs into them, since no JSON text holds any. */
const PADDING = 32;

/** The same byte four times. */
const inEach = (byte: number): number => Math.imul(byte, 0x01_01_01_01);
const QUOTES = inEach(QUOTE);
const BACKSLASHES = inEach(BACKSLASH);
const SPACES = inEach(SPACE);
const ONES = inEach(1);
const HIGH_BITS = inEach(0x80);

/**
 * The bytes of a message, copied to where they can be looked at four at a time, past their end as well: what stands there
 * is left over from other messages, so a reader has to ask in the end whether it has stayed within the body.
 */
export class ScanBuffer {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Whether a text since `fill` had bytes above 127. */
  hasWideText = false;
  readonly #mostBytes: number;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
    this.bytes = Buffer.alloc(mostBytes + PADDING);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  /** False when the body has too many bytes. */
  fill(body: Uint8Array): boolean {
    if (body.length > this.#mostBytes) return false;
    this.bytes.set(body);
    this.hasWideText = false;
    return true;
  }

  /** Where the closing quote of a text stands that begins at `start`; -1 if it has an escape, or what no text has. */
  textEnd(start: number): number {
    const { view } = this;
    let at = start;
    let word = view.getInt32(at, true);
    let found = specials(word);
    let bits = 0;
    while (found === 0) {
      bits |= word;
      at += 4;
      word = view.getInt32(at, true);
      found = specials(word);
    }
    const before = trailingZeros(found) - 7;
    bits |= word & ((1 << before) - 1);
    if ((bits & HIGH_BITS) !== 0) this.hasWideText = true;
    return ((word >>> before) & 0xff) === QUOTE ? at + (before >> 3) : -1;
  }
}

/**
 * The high bits of the bytes of a word that are quotes, backslashes or control characters; right up to the lowest of them.
 * Subtracting one borrows from the high bit of a byte that is zero: so bytes are found that equal another, or are less.
 */
function specials(word: number): number {
  const quotes = word ^ QUOTES;
  const backslashes = word ^ BACKSLASHES;
  const found = ((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes) | ((word - SPACES) & ~word);
  return found & HIGH_BITS;
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
