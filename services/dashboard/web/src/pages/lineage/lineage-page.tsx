import type { JSX } from 'preact';
import type { LineageReport } from '../../api-types.ts';
import { formatCount } from '../../format.ts';
import { ReportFrame } from '../../report/report-frame.tsx';
import { useReport } from '../../report/use-report.ts';
import { useSearch } from '../../report/use-search.ts';
import { GraphSection } from './graph-section.tsx';
import { readLineageChoice } from './lineage-choice.ts';
import { ListSection } from './list-section.tsx';
import { NodeSection } from './node-section.tsx';

/** What comes from what: from senders, topics and files through every layer to the pages, as the build was made. */
export function LineagePage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readLineageChoice(search);
  const report = useReport<LineageReport>('/api/lineage');
  const { nodes, edges } = report.data ?? { nodes: [], edges: [] };
  return (
    <ReportFrame
      title="Lineage"
      subtitle={`${formatCount(nodes.length)} nodes and ${formatCount(edges.length)} ways between them, from senders and files to pages`}
      report={report}
    >
      {(lineage) => (
        <>
          <GraphSection lineage={lineage} choice={choice} change={change} />
          {choice.node === null ? null : <NodeSection id={choice.node} lineage={lineage} change={change} />}
          <ListSection lineage={lineage} choice={choice} change={change} />
        </>
      )}
    </ReportFrame>
  );
}
