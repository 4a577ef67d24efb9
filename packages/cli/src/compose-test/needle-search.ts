/** Finds texts in a stream, also across the borders of its pieces. Remembers which were found, by name. */
export class NeedleSearch {
  readonly #needles: readonly (readonly [name: string, bytes: Buffer])[];
  readonly #overlap: number;
  readonly found = new Set<string>();
  #tail: Buffer = Buffer.alloc(0);

  constructor(needles: ReadonlyMap<string, string>) {
    this.#needles = [...needles].map(([name, text]) => [name, Buffer.from(text)] as const);
    this.#overlap = Math.max(0, ...this.#needles.map(([, bytes]) => bytes.length - 1));
  }

  push(chunk: Buffer): void {
    const text = Buffer.concat([this.#tail, chunk]);
    for (const [name, bytes] of this.#needles) {
      if (text.includes(bytes)) this.found.add(name);
    }
    this.#tail = text.subarray(Math.max(0, text.length - this.#overlap));
  }
}
