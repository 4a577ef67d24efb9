/** So much of what is kept, as JSON, that every page of every source finds its answers and a stranger's thousand filters no room. */
const MOST_CHARACTERS = 4_000_000;

interface Kept {
  readonly answer: Promise<unknown>;
  /** Of it as JSON; 0 while it is made. */
  characters: number;
}

/**
 * Answers that never change, by their question; those nobody asked for longest go first. Whoever asks while an answer is
 * made waits for the same one. What failed is not kept.
 */
export class KeptAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #mostCharacters: number;
  #characters = 0;

  constructor(mostCharacters = MOST_CHARACTERS) {
    this.#mostCharacters = mostCharacters;
  }

  get<T>(question: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(question);
    if (known !== undefined) {
      // The one asked for last is the last to go.
      this.#kept.delete(question);
      this.#kept.set(question, known);
      return known.answer as Promise<T>;
    }
    const answer = make();
    const kept: Kept = { answer, characters: 0 };
    this.#kept.set(question, kept);
    void this.#weigh(question, kept);
    return answer;
  }

  async #weigh(question: string, kept: Kept): Promise<void> {
    try {
      kept.characters = question.length + lengthOf(await kept.answer);
      this.#characters += kept.characters;
    } catch {
      this.#kept.delete(question);
    }
    for (const [oldest, { characters }] of this.#kept) {
      if (this.#characters <= this.#mostCharacters) return;
      this.#characters -= characters;
      this.#kept.delete(oldest);
    }
  }
}

function lengthOf(answer: unknown): number {
  return typeof answer === 'string' ? answer.length : JSON.stringify(answer).length;
}
