import type { JSX } from 'preact';
import type { Finding } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatInstant } from '../../format.ts';
import { tracePath } from './pipeline-choice.ts';

export const FINDING_COLUMNS: readonly Column<Finding>[] = [
  { key: 'id', head: 'No.', look: 'short', cell: ({ id }) => id },
  { key: 'kind', head: 'What', look: 'short', cell: ({ kind }) => kind },
  { key: 'table', head: 'Table', look: 'short', cell: ({ table }) => table },
  { key: 'key', head: 'Row', cell: ({ key }) => <KeyText of={key} /> },
  { key: 'hop', head: 'Went wrong at', cell: ({ hop, store }) => hop ?? `not known; wrong in ${store}` },
  { key: 'seen', head: 'Found', look: 'short', cell: ({ firstSeen }) => formatInstant(firstSeen) },
  { key: 'state', head: 'State', cell: stateText },
];

/** Rows that one store has otherwise than the store before it. */
export function FindingsTable(props: { id: string; caption: string; findings: readonly Finding[] }): JSX.Element {
  const { id, caption, findings } = props;
  return (
    <DataTable id={id} caption={caption} columns={FINDING_COLUMNS} rows={findings} rowKey={(finding) => finding.id} />
  );
}

/** Each value leads to the way of what has it; a source has too much. */
function KeyText({ of }: { of: Finding['key'] }): JSX.Element {
  return (
    <>
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          {name} {name === 'source' ? value : <a href={tracePath(value)}>{value}</a>}
        </div>
      ))}
    </>
  );
}

function stateText({ repairedAt, closedAt, problem }: Finding): string {
  if (closedAt !== null) return `right again, ${formatInstant(closedAt)}`;
  if (repairedAt !== null) return `repaired ${formatInstant(repairedAt)}, not verified yet`;
  return problem === null ? 'open' : `open: ${problem}`;
}
