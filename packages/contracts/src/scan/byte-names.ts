const LEAST_LENGTH = 4;
const MOST_LENGTH = 20;
const WORDS = 5;

/** Finds which of a few ASCII names stands at a place, without making a text of it: five words tell, whatever its length. */
export class ByteNames {
  /** Bytes of each name. */
  readonly lengths: Int32Array;
  readonly #words: Int32Array;

  constructor(names: readonly string[]) {
    this.lengths = Int32Array.from(names, (name) => name.length);
    this.#words = Int32Array.from(names.flatMap(wordsOf));
  }

  /** The index of the name, -1 if it is none of them; `guess` is looked at first. */
  find(view: DataView, at: number, guess: number): number {
    if (this.#isAt(view, at, guess)) return guess;
    for (let index = 0; index < this.lengths.length; index += 1) if (this.#isAt(view, at, index)) return index;
    return -1;
  }

  /** Without a loop or a branch within: names differ in length, and guessing wrongly costs more than reading twice. */
  #isAt(view: DataView, at: number, index: number): boolean {
    const words = this.#words;
    const last = (this.lengths[index] ?? 0) - 4;
    const first = index * WORDS;
    const difference =
      (view.getInt32(at, true) ^ (words[first] ?? 0)) |
      (view.getInt32(at + Math.min(4, last), true) ^ (words[first + 1] ?? 0)) |
      (view.getInt32(at + Math.min(8, last), true) ^ (words[first + 2] ?? 0)) |
      (view.getInt32(at + Math.max(0, last - 4), true) ^ (words[first + 3] ?? 0)) |
      (view.getInt32(at + last, true) ^ (words[first + 4] ?? 0));
    return difference === 0;
  }
}

/** Together they cover every byte. */
function wordsOf(name: string): number[] {
  const bytes = Buffer.from(name, 'latin1');
  if (bytes.length < LEAST_LENGTH || bytes.length > MOST_LENGTH) throw new RangeError(`${name}: 4 to 20 bytes`);
  const last = bytes.length - 4;
  return [0, Math.min(4, last), Math.min(8, last), Math.max(0, last - 4), last].map((at) => bytes.readInt32LE(at));
}
