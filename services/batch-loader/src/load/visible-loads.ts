import type { Clickhouse } from '@ebb/clickhouse';
import { DATASETS } from '../datasets/catalogue.ts';
import { LoaderError } from '../errors.ts';
import type { LoadFacts } from './load-columns.ts';

export interface VisibleLoad {
  dataset: string;
  name: string;
  loadId: number;
  sha256: string;
  table: string;
  rows: number;
  rejected: number;
  day: string;
}

interface VisibleRow {
  dataset: string;
  source_file: string;
  load_id: string;
  sha256: string;
  target_table: string;
  rows: string;
  rejected: string;
  processing_date: string;
}

export interface FinishedLoad {
  facts: LoadFacts;
  sha256: string;
  bytes: number;
  rows: number;
  rejected: number;
}

const COLUMNS = [
  'dataset',
  'source_file',
  'load_id',
  'target_table',
  'sha256',
  'bytes',
  'rows',
  'rejected',
  'processing_date',
  'loaded_at',
  'is_withdrawn',
] as const;

/** Which load of each file the warehouse shows: `raw.loaded_files`, read once and kept up to date. */
export class VisibleLoads {
  readonly #clickhouse: Clickhouse;
  readonly #byName = new Map<string, VisibleLoad>();
  /** Names by content. */
  readonly #byContent = new Map<string, Set<string>>();
  #highest = 0;

  constructor(clickhouse: Clickhouse) {
    this.#clickhouse = clickhouse;
  }

  /** The greatest load that left anything in the warehouse, visible or not: its number must not be used again. */
  get highestLoadId(): number {
    return this.#highest;
  }

  async read(): Promise<void> {
    this.#byName.clear();
    this.#byContent.clear();
    const rows = await this.#clickhouse.query<VisibleRow>(
      `SELECT dataset, source_file, load_id, sha256, target_table, rows, rejected, processing_date
       FROM raw.loaded_files_current`,
    );
    for (const row of rows) {
      this.#keep({
        dataset: row.dataset,
        name: row.source_file,
        loadId: Number(row.load_id),
        sha256: row.sha256,
        table: row.target_table,
        rows: Number(row.rows),
        rejected: Number(row.rejected),
        day: row.processing_date,
      });
    }
    this.#highest = await highestLoadId(this.#clickhouse);
  }

  named(dataset: string, name: string): VisibleLoad | null {
    return this.#byName.get(`${dataset}\n${name}`) ?? null;
  }

  /** The same for a file that a person named; raises UNKNOWN_FILE. */
  mustBeNamed(dataset: string, name: string): VisibleLoad {
    const load = this.named(dataset, name);
    if (load !== null) return load;
    throw new LoaderError(
      'UNKNOWN_FILE',
      `${JSON.stringify(name)} is not loaded in ${dataset}; "ebb load show" lists what is`,
    );
  }

  /** The last day of a data set's files; null without any. */
  lastDay(dataset: string): string | null {
    let last: string | null = null;
    for (const load of this.#byName.values()) {
      if (load.dataset === dataset && (last === null || load.day > last)) last = load.day;
    }
    return last;
  }

  /** A name under which the content is visible; the given one counts most. */
  nameOfContent(dataset: string, sha256: string, preferred: string): string | null {
    const names = this.#byContent.get(`${dataset}\n${sha256}`);
    if (names === undefined) return null;
    return names.has(preferred) ? preferred : ([...names][0] ?? null);
  }

  /** The one step that makes the rows of a load visible, in place of those of the load before. */
  async show(load: FinishedLoad): Promise<void> {
    const { facts, ...figures } = load;
    const { claim, loadId } = facts;
    await this.#write({
      dataset: claim.dataset.name,
      source_file: claim.name,
      load_id: loadId,
      target_table: claim.dataset.table,
      ...figures,
      processing_date: facts.processingDay,
      loaded_at: new Date(facts.loadedAtMs).toISOString().slice(0, -1),
      is_withdrawn: false,
    });
    this.#keep({
      dataset: claim.dataset.name,
      name: claim.name,
      loadId,
      sha256: load.sha256,
      table: claim.dataset.table,
      rows: load.rows,
      rejected: load.rejected,
      day: facts.processingDay,
    });
  }

  /** Hides what is visible under a name. */
  async withdraw({ dataset, name, sha256, table, day }: VisibleLoad, newLoadId: number): Promise<void> {
    await this.#write({
      dataset,
      source_file: name,
      load_id: newLoadId,
      target_table: table,
      sha256,
      bytes: 0,
      rows: 0,
      rejected: 0,
      processing_date: day,
      loaded_at: new Date().toISOString().slice(0, -1),
      is_withdrawn: true,
    });
    this.#forget(dataset, name);
  }

  async #write(row: Readonly<Record<(typeof COLUMNS)[number], unknown>>): Promise<void> {
    const body = Buffer.from(JSON.stringify(row));
    await this.#clickhouse.insert('raw.loaded_files', { columns: COLUMNS, format: 'JSONEachRow', body });
  }

  #keep(load: VisibleLoad): void {
    this.#forget(load.dataset, load.name);
    this.#byName.set(`${load.dataset}\n${load.name}`, load);
    const content = `${load.dataset}\n${load.sha256}`;
    this.#byContent.set(content, (this.#byContent.get(content) ?? new Set()).add(load.name));
    this.#highest = Math.max(this.#highest, load.loadId);
  }

  #forget(dataset: string, name: string): void {
    const before = this.#byName.get(`${dataset}\n${name}`);
    this.#byName.delete(`${dataset}\n${name}`);
    const content = `${dataset}\n${before?.sha256 ?? ''}`;
    const names = this.#byContent.get(content);
    names?.delete(name);
    if (names?.size === 0) this.#byContent.delete(content);
  }
}

async function highestLoadId(clickhouse: Clickhouse): Promise<number> {
  const tables = ['raw.loaded_files', 'raw.load_quarantine', ...DATASETS.map(({ table }) => table)];
  const each = tables.map((table) => `SELECT max(load_id) AS load_id FROM ${table}`);
  const [highest] = await clickhouse.query<{ load_id: string }>(
    `SELECT max(load_id) AS load_id FROM (${each.join(' UNION ALL ')})`,
  );
  return Number(highest?.load_id ?? 0);
}
