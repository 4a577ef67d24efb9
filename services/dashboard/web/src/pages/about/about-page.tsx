import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { About, LineageReport } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { downwards } from '../../graph/geometry.ts';
import { GraphView } from '../../graph/graph-view.tsx';
import { neighbours } from '../../graph/reach.ts';
import { Part } from '../../report/part.tsx';
import { type Report, useReport } from '../../report/use-report.ts';
import { useSearch } from '../../report/use-search.ts';
import { type Architecture, architectureOf, namesOf } from './architecture.ts';

/** What Ebb is, how data flows through it, what runs, and under which terms. */
export function AboutPage(): JSX.Element {
  const lineage = useReport<LineageReport>('/api/lineage');
  const about = useReport<About>('/api/about');
  const architecture = useMemo(
    () => (lineage.data === null ? NOTHING_DRAWN : architectureOf(lineage.data)),
    [lineage.data],
  );
  return (
    <>
      <div class="page-head">
        <div>
          <h1>About Ebb</h1>
          <p>Know which customers are leaving, while they still can be kept</p>
        </div>
      </div>
      <section class="section" aria-label="What it is">
        <p class="lead">
          Web events and purchases flow through Kafka into live figures in Postgres; every event and every change of an
          order or a customer stands in ClickHouse a moment later; dbt turns them, and the files a retailer sends every
          day, into tested marts that become current together or not at all. A ledger proves it row by row. The{' '}
          <a href="/lineage">lineage</a> shows every table on the way, the <a href="/contract">data contract</a> what
          each of them promises.
        </p>
      </section>
      <section class="section wide-only" aria-labelledby="flow-title">
        <div class="section-head">
          <h2 id="flow-title">How data flows</h2>
          <p>Drawn from the lineage of the published build</p>
        </div>
        <div class="card">
          <Part report={lineage}>{() => <Flow architecture={architecture} />}</Part>
        </div>
      </section>
      <ProcessesSection about={about} architecture={architecture} />
      <PartsSection about={about} />
      <section class="section" aria-labelledby="terms-title">
        <div class="section-head">
          <h2 id="terms-title">Licence and data</h2>
        </div>
        <p class="lead">
          Ebb is under the Apache License 2.0. The year of sales that the demo replays is Online Retail II (UCI Machine
          Learning Repository; Chen, D., 2019, doi 10.24432/C5CG6D), CC BY 4.0, unchanged. Customers of the simulated
          shop are made up.
        </p>
      </section>
    </>
  );
}

const NOTHING_DRAWN: Architecture = { nodes: [], edges: [] };

function Flow({ architecture }: { architecture: Architecture }): JSX.Element {
  const [search, change] = useSearch();
  const part = search.get('part');
  const selected = architecture.nodes.some(({ id }) => id === part) ? part : null;
  return (
    <GraphView
      id="architecture"
      label="How data flows"
      nodes={architecture.nodes}
      edges={architecture.edges}
      layout={downwards}
      selected={selected}
      onSelect={(id) => change({ part: id === selected ? null : id })}
    />
  );
}

function ProcessesSection(props: { about: Report<About>; architecture: Architecture }): JSX.Element {
  const { edges } = props.architecture;
  const [up, down] = [neighbours(edges, 'up'), neighbours(edges, 'down')];
  const columns: readonly Column<About['processes'][number]>[] = [
    { key: 'name', head: 'Process', look: 'short', cell: ({ name }) => name },
    { key: 'does', head: 'What it does', cell: ({ does }) => does },
    { key: 'from', head: 'Reads', cell: ({ name }) => namesOf(up.get(name)) },
    { key: 'to', head: 'Writes', cell: ({ name }) => namesOf(down.get(name)) },
  ];
  return (
    <section class="section" aria-labelledby="processes-title">
      <div class="section-head">
        <h2 id="processes-title">Processes</h2>
        <p>What they read and write on the way to the marts</p>
      </div>
      <div class="card">
        <Part report={props.about}>
          {({ processes }) => (
            <DataTable
              id="processes"
              caption="Processes"
              columns={columns}
              rows={processes}
              rowKey={({ name }) => name}
            />
          )}
        </Part>
      </div>
    </section>
  );
}

const PARTS: readonly Column<About['parts'][number]>[] = [
  { key: 'name', head: 'Part', cell: ({ name }) => name },
  { key: 'version', head: 'Version', cell: ({ version }) => version ?? 'does not answer' },
];

function PartsSection({ about }: { about: Report<About> }): JSX.Element {
  return (
    <section class="section" aria-labelledby="parts-title">
      <div class="section-head">
        <h2 id="parts-title">What runs</h2>
      </div>
      <div class="card">
        <Part report={about}>
          {({ parts }) => (
            <DataTable
              id="parts"
              caption="Versions of what runs"
              columns={PARTS}
              rows={parts}
              rowKey={({ name }) => name}
            />
          )}
        </Part>
      </div>
    </section>
  );
}
