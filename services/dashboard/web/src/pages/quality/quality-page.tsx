import type { JSX } from 'preact';
import type { Quality } from '../../api-types.ts';
import { DayBars } from '../../components/day-bars.tsx';
import { formatDate } from '../../format.ts';
import { formatMetric } from '../../report/metric-text.ts';
import { MetricTile } from '../../report/metric-tile.tsx';
import { ReportFrame } from '../../report/report-frame.tsx';
import { type MetricByName, useMetrics } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import { useSearch } from '../../report/use-search.ts';
import { DaysSection } from './days-section.tsx';
import { DeadLettersSection } from './dead-letters-section.tsx';
import { FilesSection } from './files-section.tsx';
import { LayersSection } from './layers-section.tsx';
import { QuarantineSection } from './quarantine-section.tsx';
import { readQualityChoice } from './quality-choice.ts';
import { RulesSection } from './rules-section.tsx';

const NO_METRICS: MetricByName = new Map();

/** How good the data is: files by rule and layer, what is kept out and why, messages that could not be taken. */
export function QualityPage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readQualityChoice(search);
  const report = useReport<Quality>('/api/quality');
  const metrics = useMetrics() ?? NO_METRICS;
  return (
    <>
      <ReportFrame title="Data quality" subtitle="Files, layers, and what was refused" report={report}>
        {(quality) =>
          quality.publication.asOfRetail === null ? (
            <div class="notice" data-notice="no-files">
              <h2>No files yet</h2>
              <p>No daily file of the retailer has been loaded and built yet.</p>
            </div>
          ) : (
            <>
              <ScoreSection quality={quality} metrics={metrics} />
              <RulesSection rules={quality.rules} />
              <LayersSection layers={quality.layers} />
              <DaysSection days={quality.dayCounts} choice={choice} change={change} />
              <QuarantineSection choice={choice} change={change} />
            </>
          )
        }
      </ReportFrame>
      <DeadLettersSection />
      <FilesSection choice={choice} change={change} />
    </>
  );
}

function ScoreSection({ quality, metrics }: { quality: Quality; metrics: MetricByName }): JSX.Element {
  const tile = { values: quality.all, metrics, currency: null };
  const score = metrics.get('retail_quality_score');
  const lastDay = quality.publication.asOfRetail;
  return (
    <section class="section" aria-labelledby="score-title">
      <div class="section-head">
        <h2 id="score-title">The retailer’s files</h2>
        <p>{lastDay === null ? '' : `Up to ${formatDate(lastDay)}`}</p>
      </div>
      <ul class="tiles">
        <MetricTile name="retail_quality_score" {...tile} />
        <MetricTile name="retail_records" {...tile} />
        <MetricTile name="retail_unread_records" {...tile} />
        <MetricTile name="retail_null_customers" {...tile} />
        <MetricTile name="retail_bad_quantities" {...tile} />
      </ul>
      <div class="card trend">
        <h3>{score?.title ?? 'Score'} by day of the file</h3>
        <DayBars
          label="Quality score by day"
          bars={quality.days.map(({ day, values }) => ({
            day,
            value: Number(values['retail_quality_score'] ?? 0),
            text: formatMetric('percent', values['retail_quality_score'], null),
          }))}
        />
      </div>
    </section>
  );
}
