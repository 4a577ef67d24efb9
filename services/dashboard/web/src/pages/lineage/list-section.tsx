import type { JSX } from 'preact';
import type { LineageNodeInfo, LineageReport } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { formatCount } from '../../format.ts';
import { neighbours } from '../../graph/reach.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { pageOf } from '../../report/paging.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { foundIn, KINDS, type LineageChoice, shownOf } from './lineage-choice.ts';
import { NodeLink } from './node-link.tsx';

/** The same as a table: for screen readers, phones, and whoever knows a name. */
export function ListSection(props: {
  lineage: LineageReport;
  choice: LineageChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { lineage, choice, change } = props;
  const found = foundIn(shownOf(lineage, choice).nodes, choice.text);
  return (
    <section class="section" aria-labelledby="list-title">
      <div class="section-head">
        <h2 id="list-title">Every node</h2>
      </div>
      <div class="card">
        <div class="table-tools">
          <SearchField
            label="Name or kind holds"
            value={choice.text}
            onChange={(text) => change({ text, page: null })}
          />
        </div>
        <PagedTable
          id="nodes"
          caption="Nodes of the lineage"
          of="the nodes"
          columns={columnsOf(lineage, change)}
          rows={pageOf(found, choice.page)}
          rowKey={({ id }) => id}
          rowClass={({ id }) => (id === choice.node ? 'total' : '')}
          total={found.length}
          page={choice.page}
          change={change}
        />
      </div>
    </section>
  );
}

function columnsOf({ edges }: LineageReport, change: (change: SearchChange) => void): Column<LineageNodeInfo>[] {
  const [up, down] = [neighbours(edges, 'up'), neighbours(edges, 'down')];
  return [
    { key: 'name', head: 'Node', cell: ({ id, name }) => <NodeLink id={id} name={name} change={change} /> },
    { key: 'kind', head: 'Kind', look: 'short', cell: ({ type }) => KINDS[type].word },
    { key: 'from', head: 'Made of', look: 'number', cell: ({ id }) => formatCount(up.get(id)?.length ?? 0) },
    { key: 'to', head: 'Used by', look: 'number', cell: ({ id }) => formatCount(down.get(id)?.length ?? 0) },
    { key: 'rows', head: 'Rows', look: 'number', cell: ({ rows }) => formatCount(rows) },
    { key: 'tests', head: 'Tests', look: 'short', cell: testsText },
    { key: 'late', head: 'Fresh', look: 'short', cell: freshText },
  ];
}

function testsText({ testsPassed, testsWarned }: LineageNodeInfo): string {
  if (testsPassed + testsWarned === 0) return '–';
  return `${formatCount(testsPassed)} passed${testsWarned === 0 ? '' : `, ${formatCount(testsWarned)} with a warning`}`;
}

function freshText({ isLate }: LineageNodeInfo): string {
  return isLate === null ? '–' : isLate ? 'late' : 'yes';
}
