import { quoteClickhouseName } from '@ebb/clickhouse';
import { must } from '@ebb/core';
import type { Action } from './actions.ts';
import { asKeyType, columnTypeOf, type ColumnType, isSameType, isWidening, typeName } from './column-type.ts';
import { conversionExpression, missingValueExpression } from './defaults.ts';
import type { HistoryColumn, HistoryRow } from './history-row.ts';
import { type JournalTable, META_COLUMNS, type PhysicalColumn } from './journal.ts';

type ActionFor = (table: JournalTable) => Action;

export interface ColumnPlan {
  readonly columns: readonly PhysicalColumn[];
  readonly key: Pick<JournalTable, 'key' | 'keyAttnums'>;
  readonly notes: readonly string[];
  actions(table: JournalTable): Action[];
}

/** Brings the columns the journal knows to those of a history row, one column at a time. */
export function planColumns(known: JournalTable, row: HistoryRow, isNew: boolean): ColumnPlan {
  const planner = new ColumnPlanner(known, row, isNew);
  const wanted = row.columns.filter(({ isVirtual }) => !isVirtual);
  planner.endMissing(new Set(wanted.map(({ attnum }) => attnum)));
  for (const column of wanted) planner.bring(column);
  return planner.result(wanted);
}

class ColumnPlanner {
  readonly #row: HistoryRow;
  readonly #isNew: boolean;
  readonly #keyNames: readonly string[];
  readonly #columns: PhysicalColumn[];
  readonly #actions: ActionFor[] = [];
  /**
   * Columns to alter in place, each once, to what it is in the end: a step on the way could not be repeated after a crash,
   * since ClickHouse does not take a Nullable back.
   */
  readonly #modified = new Set<string>();
  readonly #notes: string[] = [];

  constructor(known: JournalTable, row: HistoryRow, isNew: boolean) {
    this.#row = row;
    this.#isNew = isNew;
    this.#keyNames = known.key;
    this.#columns = [...known.columns];
  }

  result(wanted: readonly HistoryColumn[]): ColumnPlan {
    const actions = this.#actions;
    const modified = this.#columns.filter(({ physical }) => this.#modified.has(physical));
    const keyColumns = wanted
      .filter(({ keyPosition }) => keyPosition !== null)
      .toSorted((a, b) => (a.keyPosition ?? 0) - (b.keyPosition ?? 0));
    const physical = keyColumns.map(({ attnum }) => must(this.#current(attnum), 'key column').physical);
    return {
      columns: this.#columns,
      key: { key: physical, keyAttnums: keyColumns.map(({ attnum }) => attnum) },
      notes: this.#notes,
      actions: (table) => [
        ...modified.map((column): Action => ({ kind: 'modify_column', table, column })),
        ...actions.map((make) => make(table)),
      ],
    };
  }

  /** Columns that are gone keep their values; rows from now on have NULL there. */
  endMissing(attnums: ReadonlySet<number>): void {
    for (const column of this.#columns) {
      if (column.untilDdlId === null && !attnums.has(column.attnum)) {
        this.#end(column);
        this.#notes.push(`column ${column.name} dropped: its history stays in ${column.physical}`);
      }
    }
  }

  bring(column: HistoryColumn): void {
    const current = this.#current(column.attnum);
    if (current === undefined) return this.#add(column);
    const type = this.#typeOf(column);
    if (isSameType(current.type, type)) return this.#keep(current, column);
    if (isWidening(current.type, type) && !this.#keyNames.includes(current.physical)) {
      this.#notes.push(`column ${column.name} widened to ${typeName(type, current.isNullable)}`);
      const wider = this.#replace(current, { type });
      this.#modified.add(wider.physical);
      return this.#keep(wider, column);
    }
    this.#retype(current, column, type);
  }

  #typeOf(column: HistoryColumn): ColumnType {
    const verdict = columnTypeOf(column);
    const type = must(verdict.isSupported ? verdict.type : undefined, `type of ${column.name}`);
    const current = this.#current(column.attnum);
    const isWide = current?.type.kind === 'Int64' && this.#keyNames.includes(current.physical);
    return column.keyPosition !== null || isWide ? asKeyType(type) : type;
  }

  #keep(current: PhysicalColumn, column: HistoryColumn): void {
    let kept = current;
    if (current.name !== column.name) this.#notes.push(`column ${current.name} renamed to ${column.name}`);
    if (current.attNotNull !== column.notNull && column.notNull) this.#notes.push(`column ${column.name} is NOT NULL`);
    if (!column.notNull && column.keyPosition === null)
      kept = this.#makeNullable(kept, `column ${column.name} may be NULL`);
    this.#replace(kept, { name: column.name, attNotNull: column.notNull });
  }

  #add(column: HistoryColumn): void {
    const type = this.#typeOf(column);
    const whenMissing = this.#isNew ? undefined : missingValueExpression(column, type);
    const isFilled = this.#isNew || whenMissing !== undefined;
    this.#addPhysical(column, type, { whenMissing, isFilled });
    if (!this.#isNew) {
      const reads = whenMissing ?? (column.default === 'volatile' ? 'NULL until it has been read again' : 'NULL');
      this.#notes.push(`column ${column.name} ${typeName(type, false)} added; earlier rows read ${reads}`);
    }
  }

  #retype(current: PhysicalColumn, column: HistoryColumn, type: ColumnType): void {
    this.#end(current);
    const whenMissing = conversionExpression(quoteClickhouseName(current.physical), current.type, type);
    const added = this.#addPhysical(column, type, { whenMissing, isFilled: false });
    const reads = whenMissing ?? 'NULL until it has been read again';
    this.#notes.push(
      `column ${column.name} changed from ${typeName(current.type, false)} to ${typeName(type, false)}: new column ` +
        `${added.physical}; earlier rows read ${reads}`,
    );
  }

  #addPhysical(
    column: HistoryColumn,
    type: ColumnType,
    fill: { whenMissing: string | undefined; isFilled: boolean },
  ): PhysicalColumn {
    const isArray = type.kind === 'Array';
    const physical = this.#freeName(column.name, column.attnum);
    const mayBeNull = !column.notNull || !fill.isFilled;
    const added: PhysicalColumn = {
      attnum: column.attnum,
      physical,
      nullMark: isArray && mayBeNull ? this.#freeName(`${physical}__is_null`, column.attnum) : null,
      type,
      isNullable: !isArray && mayBeNull && column.keyPosition === null,
      fromDdlId: this.#row.id,
      untilDdlId: null,
      name: column.name,
      attNotNull: column.notNull,
    };
    this.#columns.push(added);
    if (!this.#isNew) {
      this.#actions.push((table) => ({ kind: 'add_column', table, column: added, whenMissing: fill.whenMissing }));
      if (added.nullMark !== null) this.#addMark(added, fill.whenMissing === undefined);
    }
    return added;
  }

  #addMark(column: PhysicalColumn, isNull: boolean): void {
    this.#actions.push((table) => ({ kind: 'add_null_mark', table, column, isNull }));
  }

  #end(column: PhysicalColumn): void {
    // A dropped key column stays NOT NULL: it is in the sorting key until the tables are built again.
    const kept = this.#keyNames.includes(column.physical) ? column : this.#makeNullable(column, undefined);
    this.#replace(kept, { untilDdlId: this.#row.id });
  }

  #makeNullable(column: PhysicalColumn, note: string | undefined): PhysicalColumn {
    if (column.isNullable || column.nullMark !== null || this.#keyNames.includes(column.physical)) return column;
    if (note !== undefined) this.#notes.push(note);
    if (column.type.kind === 'Array') {
      const marked = this.#replace(column, { nullMark: this.#freeName(`${column.physical}__is_null`, column.attnum) });
      this.#addMark(marked, false);
      return marked;
    }
    const nullable = this.#replace(column, { isNullable: true });
    this.#modified.add(nullable.physical);
    return nullable;
  }

  #current(attnum: number): PhysicalColumn | undefined {
    return this.#columns.find((column) => column.attnum === attnum && column.untilDdlId === null);
  }

  #replace(column: PhysicalColumn, change: Partial<PhysicalColumn>): PhysicalColumn {
    const changed = { ...column, ...change };
    this.#columns[this.#columns.indexOf(column)] = changed;
    return changed;
  }

  #freeName(name: string, attnum: number): string {
    const taken = new Set([
      ...this.#columns.flatMap(({ physical, nullMark }) => [physical, nullMark]),
      ...META_COLUMNS,
    ]);
    for (let round = 0; ; round += 1) {
      const candidate = round === 0 ? name : `${name}__${attnum}${round === 1 ? '' : `_${round}`}`;
      if (!taken.has(candidate)) return candidate;
    }
  }
}
