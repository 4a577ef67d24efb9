import type { JSX } from 'preact';
import type { MartContract } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount } from '../../format.ts';
import { nodePath } from '../lineage/lineage-choice.ts';
import { holds } from './contract-choice.ts';
import { Entry, PartSection } from './entry.tsx';

const COLUMNS: readonly Column<MartContract['columns'][number]>[] = [
  { key: 'name', head: 'Column', look: 'short', cell: ({ name }) => name },
  { key: 'type', head: 'Type', cell: ({ type }) => <code>{type}</code> },
  { key: 'meaning', head: 'Meaning', cell: ({ description }) => description || '–' },
  { key: 'tests', head: 'Tests', cell: ({ tests }) => tests.join(', ') || '–' },
];

/** What is published: every mart as the build made it. */
export function MartsSection({ marts, text }: { marts: readonly MartContract[]; text: string }): JSX.Element {
  const found = marts.filter(({ name, description, columns }) =>
    holds([name, description, ...columns.flatMap((column) => [column.name, column.description])], text),
  );
  return (
    <PartSection
      id="marts"
      title="Published marts"
      note={`${formatCount(found.length)} of ${formatCount(marts.length)}; every column is built and tested as it stands here`}
      isEmpty={found.length === 0}
      text={text}
    >
      {found.map((mart) => (
        <Entry
          key={mart.name}
          name={mart.name}
          note={`${formatCount(mart.columns.length)} columns${mart.isEnforced ? ', enforced' : ''}`}
          isSought={text !== ''}
        >
          {() => <Mart mart={mart} />}
        </Entry>
      ))}
    </PartSection>
  );
}

function Mart({ mart }: { mart: MartContract }): JSX.Element {
  return (
    <>
      <p class="lead">
        {mart.description} <a href={nodePath(mart.id)}>Where it comes from</a>
      </p>
      <DataTable
        id={`mart-${mart.name}`}
        caption={`Columns of ${mart.name}`}
        columns={COLUMNS}
        rows={mart.columns}
        rowKey={({ name }) => name}
      />
      {mart.tests.length === 0 ? null : <p class="lead">Tests of whole rows: {mart.tests.join(', ')}</p>}
    </>
  );
}
