import type { JSX } from 'preact';
import type { KRow, SegmentClusters } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDate } from '../../format.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { MigrationPart } from './migration-part.tsx';
import { clustersQuery, clustersText, type SegmentsChoice } from './segments-choice.ts';

/** What a model found beside the segments: how many clusters and why, and who went from one to another. */
export function ClustersSection(props: {
  choice: SegmentsChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { choice, change } = props;
  const report = useReport<SegmentClusters>(`/api/segments/clusters${clustersQuery(choice)}`);
  const { data } = report;
  return (
    <section class="section" aria-labelledby="clusters-title" data-section="clusters">
      <div class="section-head">
        <h2 id="clusters-title">Clusters</h2>
        {data === null || data.models.length === 0 ? null : (
          <ChoiceField
            label="Model"
            value={clustersText(data)}
            options={data.models.map(clustersText)}
            onChoice={(clusters) => change({ clusters })}
          />
        )}
      </div>
      <Part report={report}>{(clusters) => <Clusters clusters={clusters} />}</Part>
    </section>
  );
}

function Clusters({ clusters }: { clusters: SegmentClusters }): JSX.Element {
  const { kind, source, asOf, migration, kTable, k, kReason } = clusters;
  if (asOf === null) {
    const run = source === '' ? 'rfm_segments --source retail_files' : `${kind} --source ${source}`;
    return (
      <div class="notice" data-notice="no-clusters">
        <h2>No clusters yet</h2>
        <p>
          No run of {kind} is published{source === '' ? '' : ` for ${source}`}: “npx ebb models run {run}” makes one.
        </p>
      </div>
    );
  }
  return (
    <>
      <MigrationPart asOf={asOf} migration={migration} />
      <div class="card spaced">
        <h3>How many clusters</h3>
        {kTable.length === 0 ? (
          <p class="lead">What was written down about the choice is no longer there.</p>
        ) : (
          <>
            <p class="lead" data-k-reason>
              As of {formatDate(asOf)}: {kReason}. The score is 0.6 of the silhouette and 0.4 of the elbow, each as a
              share of its maximum over the table.
            </p>
            <DataTable
              id="k-table"
              caption="Numbers of clusters, and what each would have come to"
              columns={kColumns(k)}
              rows={kTable}
              rowKey={(row) => String(row.k)}
              rowClass={(row) => (row.k === k ? 'chosen' : '')}
            />
          </>
        )}
      </div>
    </>
  );
}

function kColumns(chosen: number | null): Column<KRow>[] {
  return [
    { key: 'k', head: 'Clusters', look: 'short', cell: ({ k }) => (k === chosen ? `${k}, chosen` : String(k)) },
    { key: 'silhouette', head: 'Silhouette', look: 'number', cell: silhouetteText },
    { key: 'inertia', head: 'Inertia', look: 'number', cell: ({ inertia }) => formatCount(Math.round(inertia)) },
    { key: 'elbow', head: 'Elbow', look: 'number', cell: ({ elbow }) => elbow.toFixed(3) },
    { key: 'score', head: 'Score', look: 'number', cell: ({ score }) => score.toFixed(3) },
  ];
}

/** With its standard error where it is that of a sample. */
function silhouetteText({ silhouette, silhouetteStandardError: error }: KRow): string {
  return error === null ? silhouette.toFixed(3) : `${silhouette.toFixed(3)} ± ${error.toFixed(3)}`;
}
