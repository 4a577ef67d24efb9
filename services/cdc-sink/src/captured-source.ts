import type { CapturedTables, PartitionProgress, PreparedBatch } from './captured/types.ts';
import type { MessageSlice, RowSource } from './row-source.ts';

/** The lane of `cdc.*` topics: changes become rows of captured tables. */
export class CapturedSource implements RowSource {
  readonly #tables: CapturedTables;
  #isOpen = false;

  constructor(tables: CapturedTables) {
    this.#tables = tables;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async refresh(settle: () => Promise<void>): Promise<void> {
    if (!this.#isOpen) await this.#tables.open();
    this.#isOpen = true;
    await this.#tables.refreshSchemas(settle);
  }

  prepare(slice: MessageSlice, progress: PartitionProgress): Promise<PreparedBatch> {
    return this.#tables.prepare(slice, progress);
  }

  stopReason(topic: string): string | null {
    return this.#tables.stoppedTables().find((table) => table.topic === topic)?.reason ?? null;
  }
}
