import { must } from '@ebb/core';
import { changeMessage, type ChangeInput, type Row, tombstone } from './debezium.ts';
import type { TestPartition } from './harness.ts';

/** One statement of a transaction; keys are small numbers so that they meet often. */
export type Step =
  | { readonly kind: 'put'; readonly id: number; readonly value: string | null }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'move'; readonly id: number; readonly to: number }
  | { readonly kind: 'truncate' };

/** Something that happens to the table or the connector, in commit order. */
export type Happening =
  /** `lag`: how much earlier than its commit the transaction's changes were logged. */
  | { readonly kind: 'commit'; readonly steps: readonly Step[]; readonly lag: number }
  /** The connector dies and sends the last so many transactions again. */
  | { readonly kind: 'repeat'; readonly transactions: number }
  | { readonly kind: 'resnapshot' };

type Emitted = { readonly key: number | null; readonly change: ChangeInput | null };

/**
 * What a connector would write to the partitions of a table's topic, and what the table holds in the end. Changes are
 * emitted in commit order; their own positions in the log may say otherwise.
 */
export class ChangeStream {
  readonly rows = new Map<number, Row>();
  readonly partitions: TestPartition[];
  readonly #table: string;
  readonly #transactions: Emitted[][] = [];
  #lsn: number;
  #lastCommit: number | null = null;

  constructor(table: string, partitionCount: number, fromLsn: number) {
    this.#table = table;
    this.#lsn = fromLsn;
    const topic = `cdc.crm.${table}`;
    this.partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition, messages: [] }));
  }

  play(happening: Happening): void {
    if (happening.kind === 'commit') this.#commit(happening.steps, happening.lag);
    else if (happening.kind === 'resnapshot') this.#resnapshot();
    else for (const emitted of this.#transactions.slice(-happening.transactions).flat()) this.#emit(emitted);
  }

  #commit(steps: readonly Step[], lag: number): void {
    this.#lsn += 1_000;
    // Fractions keep positions of different transactions apart, whatever the lag.
    let lsn = this.#lsn - lag * 700 + this.#transactions.length;
    const emitted: Emitted[] = [];
    for (const step of steps) {
      lsn += 97;
      emitted.push(...this.#apply(step, { commit: this.#lastCommit, lsn, table: this.#table }));
    }
    this.#lastCommit = this.#lsn + 500;
    this.#lsn += 600;
    this.#transactions.push(emitted);
    for (const each of emitted) this.#emit(each);
  }

  #apply(step: Step, at: { commit: number | null; lsn: number; table: string }): Emitted[] {
    if (step.kind === 'truncate') {
      this.rows.clear();
      return [{ key: null, change: { op: 't', ...at } }];
    }
    const before = this.rows.get(step.id) ?? null;
    if (step.kind === 'put') {
      const after = { id: step.id, v: step.value, n: `${step.id}.50` };
      this.rows.set(step.id, after);
      return [{ key: step.id, change: { op: before === null ? 'c' : 'u', before, after, ...at } }];
    }
    if (before === null) return [];
    this.rows.delete(step.id);
    const gone: Emitted[] = [
      { key: step.id, change: { op: 'd', before, ...at } },
      { key: step.id, change: null },
    ];
    if (step.kind === 'delete') return gone;
    if (this.rows.has(step.to) || step.to === step.id) {
      this.rows.set(step.id, before);
      return [];
    }
    const after = { ...before, id: step.to };
    this.rows.set(step.to, after);
    return [...gone, { key: step.to, change: { op: 'c', after, ...at } }];
  }

  /** Rows read between two watermarks; the closing one is a commit of its own. */
  #resnapshot(): void {
    this.#lsn += 1_000;
    const at = { commit: this.#lastCommit, lsn: this.#lsn, table: this.#table };
    for (const [id, after] of this.rows)
      this.#emit({ key: id, change: { op: 'r', after, snapshot: 'incremental', ...at } });
    this.#lastCommit = this.#lsn + 500;
    this.#lsn += 600;
  }

  #emit({ key, change }: Emitted): void {
    const index = (key ?? this.#lsn) % this.partitions.length;
    const { messages } = must(this.partitions[index], 'partition');
    messages.push(change === null ? tombstone(messages.length) : changeMessage(messages.length, change));
  }
}
