import type { JSX } from 'preact';
import type { Migration } from '../../api-types.ts';
import { BarList } from '../../components/bar-list.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDate } from '../../format.ts';
import { shareOf } from '../../report/metric-text.ts';
import { type Matrix, type MatrixRow, migrationMatrix } from './migration-matrix.ts';

/** Who went from one cluster to another between two runs, and why where that is known. */
export function MigrationPart({ asOf, migration }: { asOf: string; migration: Migration | null }): JSX.Element {
  if (migration === null) {
    return (
      <p class="lead" data-no-migration>
        The run as of {formatDate(asOf)} has none before it to compare with, or its rows are no longer kept.
      </p>
    );
  }
  const matrix = migrationMatrix(migration.moves);
  return (
    <div class="card">
      <h3>Who moved</h3>
      <p class="lead" data-migration>
        {formatCount(matrix.stayed)} of {formatCount(matrix.ofBoth)} customers ({shareOf(matrix.stayed, matrix.ofBoth)})
        are where they were. Rows: their cluster on {formatDate(migration.previousAsOf)}; columns: on {formatDate(asOf)}
        .
      </p>
      <DataTable
        id="migration"
        caption="Customers by the cluster they were in and the one they are in"
        columns={columnsOf(matrix)}
        rows={matrix.rows}
        rowKey={({ from }) => from}
      />
      {migration.causes.length === 0 ? null : (
        <>
          <h4>Why</h4>
          <BarList
            id="causes"
            label="Customers who moved, by cause"
            bars={migration.causes.map(({ cause, customers }) => ({
              label: cause,
              value: customers,
              text: formatCount(customers),
              note: '',
            }))}
          />
        </>
      )}
    </div>
  );
}

function columnsOf({ columns }: Matrix): Column<MatrixRow>[] {
  return [
    { key: 'from', head: 'From', look: 'short', cell: ({ from }) => from },
    ...columns.map((to, index): Column<MatrixRow> => ({
      key: `to ${to}`,
      head: to,
      look: 'number',
      cell: ({ from, customers }) => <Cell customers={customers[index] ?? 0} hasStayed={from === to} />,
    })),
    { key: 'total', head: 'Total', look: 'number', cell: ({ total }) => formatCount(total) },
  ];
}

function Cell({ customers, hasStayed }: { customers: number; hasStayed: boolean }): JSX.Element {
  if (customers === 0) return <span aria-label="nobody">–</span>;
  return hasStayed ? <b>{formatCount(customers)}</b> : <>{formatCount(customers)}</>;
}
