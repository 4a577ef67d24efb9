/** What a reader asks for; null means "whatever is right now": the default source, the main currency, today. */
export interface Choice {
  readonly source: string | null;
  readonly currency: string | null;
  readonly date: string | null;
}

/** A choice with every gap filled. `currency` stays null while the source has no order. */
export interface Selection {
  readonly source: string;
  readonly currency: string | null;
  readonly date: string;
  readonly isToday: boolean;
}

/** Equal choices share one poll. */
export function choiceKey(choice: Choice): string {
  return JSON.stringify([choice.source, choice.currency, choice.date]);
}
