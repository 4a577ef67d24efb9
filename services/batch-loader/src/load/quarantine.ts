import type { Clickhouse } from '@ebb/clickhouse';
import type { Broken } from '../errors.ts';
import type { LoadFacts } from './load-columns.ts';

const FLUSH_ROWS = 5_000;
const COLUMNS = [
  'dataset',
  'source_file',
  'load_id',
  'line_no',
  'rules',
  'details',
  'raw',
  'processing_date',
  'quarantined_at',
] as const;

/** What a load leaves out, under the names of all rules it breaks. */
export class Quarantine {
  readonly #clickhouse: Clickhouse;
  readonly #facts: LoadFacts;
  readonly #rules = new Set<string>();
  #rows: string[] = [];
  lines = 0;

  constructor(clickhouse: Clickhouse, facts: LoadFacts) {
    this.#clickhouse = clickhouse;
    this.#facts = facts;
  }

  /** Names of all rules so far. */
  get rules(): string[] {
    return [...this.#rules].toSorted();
  }

  line(lineNo: number, broken: readonly Broken[], raw: string): void {
    this.lines += 1;
    this.#add(lineNo, broken, raw);
  }

  file(broken: readonly Broken[], raw: string): void {
    this.#add(0, broken, raw);
  }

  async flushIfFull(): Promise<void> {
    if (this.#rows.length >= FLUSH_ROWS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    const body = Buffer.from(this.#rows.join('\n'));
    this.#rows = [];
    await this.#clickhouse.insert('raw.load_quarantine', { columns: COLUMNS, format: 'JSONEachRow', body });
  }

  #add(lineNo: number, broken: readonly Broken[], raw: string): void {
    const { loadId, claim, processingDay, loadedAtMs } = this.#facts;
    for (const { rule } of broken) this.#rules.add(rule);
    this.#rows.push(
      JSON.stringify({
        dataset: claim.dataset.name,
        source_file: claim.name,
        load_id: loadId,
        line_no: lineNo,
        rules: broken.map(({ rule }) => rule),
        details: broken.map(({ detail }) => detail),
        raw: raw.toWellFormed(),
        processing_date: processingDay,
        quarantined_at: new Date(loadedAtMs).toISOString().slice(0, -1),
      }),
    );
  }
}
