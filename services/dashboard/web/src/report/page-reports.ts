/** Asks for an answer anew; shown as loading meanwhile unless it is silent. */
export type Ask = (isSilent: boolean) => void;

/**
 * All answers that one page shows. They are asked for apart from each other, so a build may be published between two of them: as soon
 * as an answer is of another publication than the one before, all others are asked for anew.
 */
export class PageReports {
  readonly #asks = new Set<Ask>();
  #publicationId: string | null = null;

  /** Returns how to leave. */
  join(ask: Ask): () => void {
    this.#asks.add(ask);
    return () => this.#asks.delete(ask);
  }

  askAll(): void {
    for (const ask of this.#asks) ask(false);
  }

  /** What an answer was read from; undefined for one that is of no publication. */
  answered(by: Ask, publicationId: string | undefined): void {
    if (publicationId === undefined || publicationId === this.#publicationId) return;
    const isFirst = this.#publicationId === null;
    this.#publicationId = publicationId;
    if (isFirst) return;
    for (const ask of this.#asks) if (ask !== by) ask(false);
  }
}
