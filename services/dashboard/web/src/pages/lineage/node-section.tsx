import type { ComponentChildren, JSX } from 'preact';
import type { LineageDetail, LineageReport, NodeColumn, NodeTest } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDuration, formatInstant } from '../../format.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { contractPath } from '../contract/contract-choice.ts';
import { KINDS } from './lineage-choice.ts';
import { NodeLink } from './node-link.tsx';

type Node = LineageDetail['node'];
type Change = (change: SearchChange) => void;

/** The chosen node: what it is, what it promises, how it was tested, and how fresh it is. */
export function NodeSection(props: { id: string; lineage: LineageReport; change: Change }): JSX.Element {
  const { id, lineage, change } = props;
  const report = useReport<LineageDetail>(`/api/lineage/node?id=${encodeURIComponent(id)}`);
  return (
    <section class="section" aria-labelledby="node-title" data-node-detail={report.data?.node.id}>
      <div class="section-head">
        <h2 id="node-title">{lineage.nodes.find((node) => node.id === id)?.name ?? id}</h2>
        <button type="button" class="button" onClick={() => change({ node: null, only: null })}>
          Close
        </button>
      </div>
      <div class="card">
        <Part report={report}>
          {({ node }) => (
            <>
              {node.description === '' ? null : <p class="lead">{node.description}</p>}
              <Facts node={node} lineage={lineage} change={change} />
              <Contract node={node} />
              <Tests node={node} />
            </>
          )}
        </Part>
      </div>
    </section>
  );
}

function Facts({ node, lineage, change }: { node: Node; lineage: LineageReport; change: Change }): JSX.Element {
  const names = new Map(lineage.nodes.map(({ id, name }) => [id, name]));
  const links = (ids: readonly string[]): ComponentChildren =>
    ids.length === 0
      ? 'nothing'
      : ids.map((one, index) => (
          <>
            {index === 0 ? '' : ', '}
            <NodeLink key={one} id={one} name={names.get(one) ?? one} change={change} />
          </>
        ));
  const late = node.isLate === true ? ' (late when this was published)' : '';
  return (
    <dl class="facts">
      <Fact name="Kind">{KINDS[node.type].word}</Fact>
      {node.owner === '' ? null : <Fact name="World">{node.owner}</Fact>}
      {node.rows === null ? null : <Fact name="Rows">{formatCount(node.rows)}</Fact>}
      {node.newestAt === null ? null : (
        <Fact name="Newest row">
          <span data-built>{formatInstant(node.newestAt)}</span>
          {late}
        </Fact>
      )}
      {node.madeAt === null ? null : (
        <Fact name="Made">
          <span data-built>
            {formatInstant(node.madeAt)}, in {formatDuration((node.seconds ?? 0) * 1000)}
          </span>
        </Fact>
      )}
      <Fact name="Made of">{links(node.upstream)}</Fact>
      <Fact name="Used by">{links(node.downstream)}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const COLUMNS: readonly Column<NodeColumn>[] = [
  { key: 'name', head: 'Column', look: 'short', cell: ({ name }) => name },
  { key: 'type', head: 'Type', cell: ({ type }) => <code>{type}</code> },
  { key: 'meaning', head: 'Meaning', cell: ({ description }) => description || '–' },
];

function Contract({ node }: { node: Node }): JSX.Element | null {
  const path = contractPath(node);
  if (node.columns.length === 0) {
    return path === null ? null : (
      <p class="lead">
        Its fields stand in the <a href={path}>data contract</a>.
      </p>
    );
  }
  return (
    <>
      <h3>Columns</h3>
      <p class="lead">
        {node.isEnforced
          ? 'Enforced: dbt refuses to build it with other columns or types.'
          : 'As they stand in the warehouse.'}{' '}
        {path === null ? null : <a href={path}>In the data contract</a>}
      </p>
      <DataTable
        id="columns"
        caption={`Columns of ${node.name}`}
        columns={COLUMNS}
        rows={node.columns}
        rowKey={({ name }) => name}
      />
    </>
  );
}

const TESTS: readonly Column<NodeTest>[] = [
  { key: 'name', head: 'Test', cell: ({ name }) => name },
  { key: 'kind', head: 'Kind', look: 'short', cell: ({ kind }) => kind },
  { key: 'column', head: 'Column', look: 'short', cell: ({ column }) => column || 'whole rows' },
  { key: 'status', head: 'Result', look: 'short', cell: ({ status }) => RESULTS[status] ?? status },
  { key: 'failures', head: 'Rows against it', look: 'number', cell: ({ failures }) => formatCount(failures) },
];
const RESULTS: Readonly<Record<string, string>> = { pass: 'passed', warn: 'warning' };

function Tests({ node }: { node: Node }): JSX.Element | null {
  if (node.tests.length === 0) return null;
  return (
    <>
      <h3>Tests of the published build</h3>
      <DataTable
        id="tests"
        caption={`Tests of ${node.name}`}
        columns={TESTS}
        rows={node.tests}
        rowKey={({ name }) => name}
      />
    </>
  );
}
