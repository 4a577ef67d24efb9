import type { JSX } from 'preact';
import type { CapturedTable, Pipeline, Slot } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatBytes, formatInstant } from '../../format.ts';
import { Part } from '../../report/part.tsx';
import type { Report } from '../../report/use-report.ts';
import { Section } from './section.tsx';

const SLOTS: readonly Column<Slot>[] = [
  { key: 'name', head: 'Slot', look: 'short', cell: ({ name }) => name },
  {
    key: 'use',
    head: 'Read',
    cell: ({ isActive, inactiveSince }) =>
      isActive ? 'now' : inactiveSince === null ? 'not yet' : `not since ${formatInstant(inactiveSince)}`,
  },
  { key: 'lag', head: 'Log not confirmed', look: 'number', cell: ({ lagBytes }) => formatBytes(lagBytes) },
  {
    key: 'safe',
    head: 'Lost after',
    look: 'number',
    cell: ({ safeBytes }) => (safeBytes === null ? 'no limit' : `${formatBytes(safeBytes)} more`),
  },
  { key: 'wal', head: 'Its log is', look: 'short', cell: ({ walStatus }) => walStatus ?? 'unknown' },
];

const TABLES: readonly Column<CapturedTable>[] = [
  { key: 'name', head: 'Table', look: 'short', cell: ({ name }) => name },
  { key: 'captured', head: 'In Postgres', cell: capturedText },
  { key: 'warehouse', head: 'In the warehouse', cell: warehouseText },
];

/** The slot that changes are read through, its write-ahead log, and what is captured. */
export function CaptureSection({ report }: { report: Report<Pipeline> }): JSX.Element {
  return (
    <Section id="capture" title="Change capture" about={epochText(report.data)}>
      <Part report={report}>
        {({ slots, tables, warehouseProblem }) => (
          <>
            {slots.length === 0 ? (
              <p class="lead" data-slots="none">
                There is no replication slot: no change is captured. “ebb cdc status” says why.
              </p>
            ) : (
              <DataTable
                id="slots"
                caption="Replication slots"
                columns={SLOTS}
                rows={slots}
                rowKey={({ name }) => name}
              />
            )}
            {warehouseProblem === null ? null : (
              <p class="lead" data-warehouse-problem>
                {warehouseProblem}
              </p>
            )}
            <DataTable
              id="tables"
              caption="Captured tables"
              columns={TABLES}
              rows={tables}
              rowKey={({ name }) => name}
              rowClass={(table) => (isWell(table) ? '' : 'differs')}
            />
          </>
        )}
      </Part>
    </Section>
  );
}

function epochText(data: Pipeline | null): string {
  if (data === null) return '';
  const { epoch, heartbeatAt } = data;
  const snapshot = epoch?.snapshotCompletedAt === null ? 'first snapshot under way' : 'first snapshot finished';
  const since =
    epoch === null ? 'Never captured yet' : `Since ${formatInstant(epoch.startedAt)} (${epoch.reason}), ${snapshot}`;
  return heartbeatAt === null ? since : `${since}; last heartbeat ${formatInstant(heartbeatAt)}`;
}

function isWell({ isPublished, hasKey, warehouse }: CapturedTable): boolean {
  return isPublished && hasKey && warehouse?.status !== 'stopped';
}

function capturedText({ isPublished, hasKey, rereadReason }: CapturedTable): string {
  if (!hasKey) return 'not captured: no primary key';
  if (!isPublished) return 'not captured: not published';
  return rereadReason === null ? 'captured' : `captured; being read again: ${rereadReason}`;
}

function warehouseText({ warehouse }: CapturedTable): string {
  if (warehouse === null) return 'not known';
  return warehouse.reason === '' ? warehouse.status : `${warehouse.status}: ${warehouse.reason}`;
}
