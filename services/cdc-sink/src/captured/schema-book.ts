import { must } from '@ebb/core';
import type { LayoutVerdict, Schemas } from './chunk-decoder.ts';
import type { ChangeSource } from './envelope.ts';
import type { HistoryRow } from './history-row.ts';
import type { JournalTable } from './journal.ts';
import { compileLayout, type Layout } from './layout.ts';
import { type Lsn, lsnFromBigint } from './position.ts';
import type { SchemaHistory } from './schema-history.ts';

/** The newest schema of a name, valid from a position on: nearly every change is made under it. */
interface Latest {
  readonly name: string;
  readonly epoch: number;
  readonly high: number;
  readonly low: number;
  readonly verdict: LayoutVerdict;
}

/** Finds the layout of each change, by the position it was made at. */
export class SchemaBook implements Schemas {
  readonly #history: SchemaHistory;
  readonly #tables: () => ReadonlyMap<number, JournalTable>;
  #layouts = new Map<HistoryRow, Layout>();
  #latest: Latest | undefined;

  constructor(history: SchemaHistory, tables: () => ReadonlyMap<number, JournalTable>) {
    this.#history = history;
    this.#tables = tables;
  }

  /** After every change of history or journal. */
  clear(): void {
    this.#layouts = new Map();
    this.#latest = undefined;
  }

  layoutAt(source: ChangeSource, at: Lsn): LayoutVerdict {
    const { epoch } = source;
    const latest = this.#latest;
    if (
      latest !== undefined &&
      latest.epoch === epoch &&
      isAtOrAfter(at, latest) &&
      latest.name.length === source.schema.length + source.table.length + 1 &&
      latest.name.endsWith(source.table) &&
      latest.name.startsWith(source.schema)
    ) {
      return latest.verdict;
    }
    return this.#find(source, at);
  }

  otherLayouts(source: ChangeSource, loggedAt: Lsn | null): Layout[] {
    const rows = this.#history.candidates(source.epoch, nameOf(source));
    return rows.flatMap((row) => {
      // A trigger notes the very position: with columns of later on, values would stand in the wrong ones.
      if (loggedAt !== null && row.origin === 'trigger' && row.lsn > lsnOf(loggedAt)) return [];
      const verdict = this.#verdictOf(row);
      return verdict.kind === 'layout' ? [verdict.layout] : [];
    });
  }

  #find(source: ChangeSource, at: Lsn): LayoutVerdict {
    const name = nameOf(source);
    const row = this.#history.at(source.epoch, name, lsnOf(at));
    if (row === undefined) return { kind: 'stop', reason: `the schema history has no table ${name} at this position` };
    const verdict = this.#verdictOf(row);
    if (this.#history.isLatest(source.epoch, name, row)) {
      const from = lsnFromBigint(row.lsn);
      this.#latest = { name, epoch: source.epoch, high: from.high, low: from.low, verdict };
    }
    return verdict;
  }

  #verdictOf(row: HistoryRow): LayoutVerdict {
    const table = this.#tables().get(row.oid);
    if (table === undefined) return { kind: 'stop', reason: `${row.schema}.${row.table} is not in the journal` };
    const isBefore = row.id < table.ddlId;
    if (table.stateTable === '' || (table.status === 'stopped' && !isBefore)) {
      return { kind: 'stop', reason: table.reason };
    }
    let layout = this.#layouts.get(row);
    if (layout === undefined) {
      layout = compileLayout(row, table);
      this.#layouts.set(row, layout);
    }
    return { kind: 'layout', layout: must(layout, 'layout') };
  }
}

function nameOf({ schema, table }: ChangeSource): string {
  return `${schema}.${table}`;
}

function lsnOf(at: Lsn): bigint {
  return (BigInt(at.high) << 32n) | BigInt(at.low);
}

function isAtOrAfter(at: Lsn, { high, low }: Latest): boolean {
  return at.high > high || (at.high === high && at.low >= low);
}
