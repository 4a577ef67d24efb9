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

/**
 * Brings the columns the journal knows to those of a history row, one column at a time. What a physical column is called
 * and which type it has never changes: rows that were encoded a moment ago are positional, and may be inserted after it.
 */
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
  readonly #notes: string[] = [];

  constructor(known: JournalTable, row: HistoryRow, isNew: boolean) {
    this.#row = row;
    this.#isNew = isNew;
    this.#keyNames = known.key;
    this.#columns = [...known.columns];
  }

  result(wanted: readonly HistoryColumn[]): ColumnPlan {
    const actions = this.#actions;
    const keyColumns = wanted
      .filter(({ keyPosition }) => keyPosition !== null)
      .toSorted((a, b) => (a.keyPosition ?? 0) - (b.keyPosition ?? 0));
    const physical = keyColumns.map(({ attnum }) => must(this.#current(attnum), 'key column').physical);
    return {
      columns: this.#columns,
      key: { key: physical, keyAttnums: keyColumns.map(({ attnum }) => attnum) },
      notes: this.#notes,
      actions: (table) => actions.map((make) => make(table)),
    };
  }

  /** Columns that are gone keep their values. */
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
    if (current.name !== column.name) this.#notes.push(`column ${current.name} renamed to ${column.name}`);
    const type = this.#typeOf(column);
    if (!isSameType(current.type, type)) return this.#retype(current, column, type);
    const becomesNullable = !column.notNull && column.keyPosition === null && !canBeNull(current);
    if (becomesNullable && !this.#keyNames.includes(current.physical)) return this.#allowNull(current, column);
    if (current.attNotNull !== column.notNull) {
      this.#notes.push(`column ${column.name} ${column.notNull ? 'is NOT NULL' : 'may be NULL'}`);
    }
    this.#replace(current, { name: column.name, attNotNull: column.notNull });
  }

  #typeOf(column: HistoryColumn): ColumnType {
    const verdict = columnTypeOf(column);
    const type = must(verdict.isSupported ? verdict.type : undefined, `type of ${column.name}`);
    const current = this.#current(column.attnum);
    const isWide = current?.type.kind === 'Int64' && this.#keyNames.includes(current.physical);
    return column.keyPosition !== null || isWide ? asKeyType(type) : type;
  }

  #allowNull(current: PhysicalColumn, column: HistoryColumn): void {
    this.#notes.push(`column ${column.name} may be NULL`);
    if (current.type.kind !== 'Array') {
      this.#end(current);
      const whenMissing = quoteClickhouseName(current.physical);
      this.#addPhysical(column, current.type, { whenMissing, isFilled: true, isNull: 'false' });
      return;
    }
    const nullMark = this.#freeName(`${current.physical}__is_null`, column.attnum);
    const marked = this.#replace(current, { nullMark, name: column.name, attNotNull: false });
    this.#addMark(marked, 'false');
  }

  #add(column: HistoryColumn): void {
    const type = this.#typeOf(column);
    const whenMissing = this.#isNew ? undefined : missingValueExpression(column, type);
    const isFilled = this.#isNew || whenMissing !== undefined;
    this.#addPhysical(column, type, { whenMissing, isFilled, isNull: String(!isFilled) });
    if (!this.#isNew) {
      const reads = whenMissing ?? (column.default === 'volatile' ? 'NULL until it has been read again' : 'NULL');
      this.#notes.push(`column ${column.name} ${typeName(type, false)} added; earlier rows read ${reads}`);
    }
  }

  #retype(current: PhysicalColumn, column: HistoryColumn, type: ColumnType): void {
    this.#end(current);
    const whenMissing = conversionExpression(current, type);
    const isFilled = whenMissing !== undefined && !current.isNullable;
    const isNull = whenMissing === undefined ? 'true' : (current.nullMark ?? 'false');
    const added = this.#addPhysical(column, type, { whenMissing, isFilled, isNull });
    const what = isWidening(current.type, type) ? 'widened' : 'changed';
    const reads = whenMissing === undefined ? 'NULL until it has been read again' : `what ${current.physical} holds`;
    this.#notes.push(
      `column ${column.name} ${what} from ${typeName(current.type, false)} to ${typeName(type, false)}: new column ` +
        `${added.physical}; earlier rows read ${reads}`,
    );
  }

  #addPhysical(
    column: HistoryColumn,
    type: ColumnType,
    fill: { whenMissing: string | undefined; isFilled: boolean; isNull: string },
  ): PhysicalColumn {
    const isArray = type.kind === 'Array';
    const physical = this.#freeName(column.name, column.attnum);
    const mayBeNull = !column.notNull || !fill.isFilled;
    const added: PhysicalColumn = {
      attnum: column.attnum,
      physical,
      nullMark: isArray && mayBeNull ? this.#freeName(`${physical}__is_null`, column.attnum) : null,
      type,
      isNullable: !isArray && mayBeNull,
      fromDdlId: this.#row.id,
      untilDdlId: null,
      name: column.name,
      attNotNull: column.notNull,
    };
    this.#columns.push(added);
    if (!this.#isNew) {
      this.#actions.push((table) => ({ kind: 'add_column', table, column: added, whenMissing: fill.whenMissing }));
      if (added.nullMark !== null) this.#addMark(added, fill.isNull);
    }
    return added;
  }

  #addMark(column: PhysicalColumn, whenMissing: string): void {
    this.#actions.push((table) => ({ kind: 'add_null_mark', table, column, whenMissing }));
  }

  #end(column: PhysicalColumn): void {
    this.#replace(column, { untilDdlId: this.#row.id });
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

function canBeNull(column: PhysicalColumn): boolean {
  return column.isNullable || column.nullMark !== null;
}
