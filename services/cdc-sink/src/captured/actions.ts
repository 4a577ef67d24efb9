import type { JournalTable, PhysicalColumn } from './journal.ts';

/** One statement to ClickHouse, or a few; each can be repeated after a crash without harm. */
export type Action =
  | { readonly kind: 'create'; readonly table: JournalTable }
  | {
      readonly kind: 'add_column';
      readonly table: JournalTable;
      readonly column: PhysicalColumn;
      /** Expression old rows read as; undefined: NULL, or the type's zero. */
      readonly whenMissing: string | undefined;
    }
  | {
      readonly kind: 'add_null_mark';
      readonly table: JournalTable;
      readonly column: PhysicalColumn;
      /** Expression old rows read as. */ readonly whenMissing: string;
    }
  /** New physical tables with another key, filled from the log of the old ones. */
  | { readonly kind: 'rebuild'; readonly from: JournalTable; readonly to: JournalTable }
  | { readonly kind: 'views'; readonly table: JournalTable }
  | { readonly kind: 'drop_views'; readonly viewName: string };
