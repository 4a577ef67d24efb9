import type { JSX } from 'preact';
import type { Funnel } from '../../api-types.ts';
import { formatDate } from '../../format.ts';
import { ReportFrame } from '../../report/report-frame.tsx';
import { type MetricByName, useMetrics } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import { apiQuery, useSearch } from '../../report/use-search.ts';
import { DropsSection } from './drops-section.tsx';
import { FUNNEL_PARAMS, readFunnelChoice } from './funnel-choice.ts';
import { FunnelControls } from './funnel-controls.tsx';
import { PartsSection } from './parts-section.tsx';
import { RetentionSection } from './retention-section.tsx';
import { StepsSection } from './steps-section.tsx';

const NO_METRICS: MetricByName = new Map();

/** How far sessions come, who comes back, and who comes less than before. */
export function FunnelPage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readFunnelChoice(search);
  const report = useReport<Funnel>(`/api/funnel${apiQuery(search, FUNNEL_PARAMS)}`);
  const metrics = useMetrics() ?? NO_METRICS;
  const { data } = report;
  return (
    <ReportFrame
      title="Funnel and retention"
      subtitle={data === null ? '' : `Sessions of ${data.source}, ${formatDate(data.from)} to ${formatDate(data.to)}`}
      report={report}
      controls={data === null ? null : <FunnelControls funnel={data} search={search} change={change} />}
    >
      {(funnel) => (
        <>
          <StepsSection funnel={funnel} metrics={metrics} change={change} />
          <PartsSection funnel={funnel} metrics={metrics} />
          <RetentionSection source={funnel.source} choice={choice} change={change} metrics={metrics} />
          <DropsSection source={funnel.source} choice={choice} change={change} />
        </>
      )}
    </ReportFrame>
  );
}
