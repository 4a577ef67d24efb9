import type { JSX } from 'preact';
import type { Overview } from '../../api-types.ts';
import { formatDate } from '../../format.ts';
import { ReportFrame } from '../../report/report-frame.tsx';
import { type MetricByName, useMetrics } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import { apiQuery, useSearch } from '../../report/use-search.ts';
import { ChangesSection } from './changes-section.tsx';
import { LiveVsBatchSection } from './live-vs-batch-section.tsx';
import { OverviewControls } from './overview-controls.tsx';
import { RetailSection } from './retail-section.tsx';
import { WeekSection } from './week-section.tsx';

const NO_METRICS: MetricByName = new Map();

/** A week beside the week before, the customers, the way of the revenue, and live against batch. */
export function OverviewPage(): JSX.Element {
  const [search, change] = useSearch();
  const report = useReport<Overview>(`/api/overview${apiQuery(search, ['source', 'currency', 'date'])}`);
  const metrics = useMetrics() ?? NO_METRICS;
  const { data } = report;
  return (
    <ReportFrame
      title="Overview"
      subtitle={data === null ? '' : `${formatDate(data.from)} to ${formatDate(data.to)}, and the week before`}
      report={report}
      controls={data === null ? null : <OverviewControls overview={data} change={change} />}
    >
      {(overview) => (
        <>
          <WeekSection overview={overview} metrics={metrics} onDay={(date) => change({ date })} />
          <ChangesSection overview={overview} metrics={metrics} />
          <RetailSection retail={overview.retail} metrics={metrics} />
          <LiveVsBatchSection overview={overview} metrics={metrics} />
        </>
      )}
    </ReportFrame>
  );
}
