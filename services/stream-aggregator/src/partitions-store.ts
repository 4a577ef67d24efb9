import type { Client } from '@ebb/postgres';
import { dayText } from './days.ts';

/** Creates the partitions of days that events arrive for and nobody made ahead. */
export class PartitionsStore {
  readonly #known = new Set<number>();

  /** In a transaction of its own, since its locks must not be held while a batch is stored. */
  async ensure(client: Client, days: Iterable<number>): Promise<void> {
    const missing = [...days].filter((day) => !this.#known.has(day));
    if (missing.length === 0) return;
    await client.query('SELECT stream.ensure_days($1::date[])', [missing.map(dayText)]);
    for (const day of missing) this.#known.add(day);
  }

  /** Retention may have dropped some. */
  forget(): void {
    this.#known.clear();
  }
}
