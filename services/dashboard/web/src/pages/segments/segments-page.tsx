import type { JSX } from 'preact';
import type { SegmentsReport } from '../../api-types.ts';
import { BarList } from '../../components/bar-list.tsx';
import { formatCount, formatDate } from '../../format.ts';
import { formatMetric, shareOf } from '../../report/metric-text.ts';
import { MetricTile } from '../../report/metric-tile.tsx';
import { ReportFrame } from '../../report/report-frame.tsx';
import { type MetricByName, useMetrics } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import { type SearchChange, useSearch } from '../../report/use-search.ts';
import { ClustersSection } from './clusters-section.tsx';
import { DistributionsSection } from './distributions-section.tsx';
import { Scatter } from './scatter.tsx';
import { readSegmentsChoice, type SegmentsChoice } from './segments-choice.ts';
import { SegmentsControls } from './segments-controls.tsx';
import { SegmentViews } from './segment-views.tsx';

const NO_METRICS: MetricByName = new Map();

/** The twelve segments of the retailer's customers: who is in them, what they bring, what to do. */
export function SegmentsPage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readSegmentsChoice(search);
  const report = useReport<SegmentsReport>('/api/segments');
  const metrics = useMetrics() ?? NO_METRICS;
  const lastDay = report.data?.lastDay ?? null;
  return (
    <ReportFrame
      title="Segments"
      subtitle={lastDay === null ? '' : `The retailer’s customers as of ${formatDate(lastDay)}`}
      report={report}
      controls={
        report.data === null ? null : (
          <SegmentsControls segments={report.data.segments} choice={choice} change={change} />
        )
      }
    >
      {(data) =>
        data.lastDay === null ? (
          <div class="notice" data-notice="no-files">
            <h2>No customers yet</h2>
            <p>No daily file of the retailer has been loaded and built yet.</p>
          </div>
        ) : (
          <Figures report={data} choice={choice} metrics={metrics} change={change} />
        )
      }
    </ReportFrame>
  );
}

interface FiguresProps {
  report: SegmentsReport;
  choice: SegmentsChoice;
  metrics: MetricByName;
  change: (change: SearchChange) => void;
}

function Figures({ report, choice, metrics, change }: FiguresProps): JSX.Element {
  const { all, currency } = report;
  const tile = { values: all, metrics, currency };
  const segments = report.segments.filter(
    ({ segment, values }) =>
      Number(values['retail_customers'] ?? 0) >= Math.max(1, choice.minCustomers) &&
      (choice.segment === null || segment === choice.segment),
  );
  return (
    <>
      <section class="section" aria-labelledby="all-title">
        <div class="section-head">
          <h2 id="all-title">All customers</h2>
          <p>{currency === null ? '' : `Amounts in ${currency}, the one currency of the retailer’s files`}</p>
        </div>
        <ul class="tiles">
          <MetricTile name="retail_customers" {...tile} note={`in ${formatCount(report.segments.length)} segments`} />
          <MetricTile name="retail_monetary" {...tile} />
          <MetricTile name="retail_avg_customer_value" {...tile} />
          <MetricTile name="retail_median_monetary" {...tile} />
          <MetricTile name="retail_median_recency" {...tile} />
        </ul>
        <div class="halves">
          <Scatter segments={report.segments} chosen={choice.segment} />
          <div class="card">
            <h3>Composition</h3>
            <p class="lead">Customers by segment, and what they bring of the revenue.</p>
            <BarList
              id="composition"
              label="Customers by segment"
              bars={segments.map(({ segment, values }) => ({
                label: segment,
                value: Number(values['retail_customers'] ?? 0),
                text: formatMetric('count', values['retail_customers'], null),
                note: `${shareOf(values['retail_monetary'], all['retail_monetary'])} of revenue`,
              }))}
            />
          </div>
        </div>
        <div class="card spaced">
          <h3>Revenue by segment</h3>
          <p class="lead">Gross, and what one customer brought on average.</p>
          <BarList
            id="revenue"
            label="Revenue by segment"
            bars={segments.map(({ segment, values }) => ({
              label: segment,
              value: Number(values['retail_monetary'] ?? 0),
              text: formatMetric('amount', values['retail_monetary'], currency),
              note: `${formatMetric('amount', values['retail_avg_customer_value'], currency)} each`,
            }))}
          />
        </div>
      </section>
      <DistributionsSection segment={choice.segment} currency={currency} />
      <SegmentViews
        segments={segments}
        all={all}
        currency={currency}
        choice={choice}
        metrics={metrics}
        change={change}
      />
      <ClustersSection choice={choice} change={change} />
    </>
  );
}
