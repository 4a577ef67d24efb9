import type { ComponentChildren, JSX } from 'preact';

export interface Column<R> {
  readonly key: string;
  readonly head: ComponentChildren;
  readonly cell: (row: R) => ComponentChildren;
  /** Figures stand on the right, words on the left; short ones are never broken. */
  readonly look?: 'number' | 'short';
}

export interface TableProps<R> {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowKey: (row: R) => string;
  /** A class for rows that matter more. */
  readonly rowClass?: (row: R) => string;
}

/** A table with a name, a header cell per column and per row, that scrolls by itself where the screen is narrow. */
export function DataTable<R>({ id, caption, columns, rows, rowKey, rowClass }: TableProps<R>): JSX.Element {
  return (
    // Not the name of the section that it may be in: landmarks must be told from each other.
    <div class="table-frame" tabIndex={0} role="region" aria-label={`${caption}, table`} data-table={id}>
      <table class="table num">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" class={column.look ?? ''}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} class={rowClass?.(row) ?? ''}>
              {columns.map((column, index) => cellOf(column, row, index === 0))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellOf<R>(column: Column<R>, row: R, isFirst: boolean): JSX.Element {
  const look = { key: column.key, class: column.look ?? '' };
  return isFirst ? (
    <th scope="row" {...look}>
      {column.cell(row)}
    </th>
  ) : (
    <td {...look}>{column.cell(row)}</td>
  );
}
