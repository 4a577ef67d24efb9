import type { JSX } from 'preact';
import type { Retention } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Segments } from '../../components/segments.tsx';
import { Term } from '../../components/term.tsx';
import { formatCount, formatDate } from '../../format.ts';
import { definitionOf, formatMetric } from '../../report/metric-text.ts';
import { Part } from '../../report/part.tsx';
import type { MetricByName } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { type FunnelChoice, retentionQuery } from './funnel-choice.ts';
import { rateText, shadeOf } from './retention-cells.ts';

type Cohort = Retention['cohorts'][number];

/** Who came back: a row per cohort, a column per period after the first. */
export function RetentionSection(props: {
  source: string;
  choice: FunnelChoice;
  change: (change: SearchChange) => void;
  metrics: MetricByName;
}): JSX.Element {
  const { source, choice, change, metrics } = props;
  const report = useReport<Retention>(`/api/funnel/retention${retentionQuery(source, choice)}`);
  const metric = metrics.get('retention_rate');
  return (
    <section class="section" aria-labelledby="retention-title">
      <div class="section-head">
        <h2 id="retention-title">
          <Term kpi={definitionOf(metric)} label={metric?.title ?? 'Retention'} />
        </h2>
        <p>≥: the period still runs</p>
      </div>
      <div class="views">
        <Segments
          legend="What they came back for"
          value={choice.activity}
          options={[
            { value: 'visit', label: 'Visits' },
            { value: 'purchase', label: 'Purchases' },
          ]}
          onChange={(activity) => change({ activity: activity === 'visit' ? null : activity })}
        />{' '}
        <Segments
          legend="Length of a period"
          value={choice.period}
          options={[
            { value: 'week', label: 'Weeks' },
            { value: 'month', label: 'Months' },
          ]}
          onChange={(period) => change({ period: period === 'week' ? null : period })}
        />
      </div>
      <div class="card">
        <Part report={report}>
          {(retention) =>
            retention.cohorts.length === 0 ? (
              <p class="lead" data-retention="none">
                Nobody began yet.
              </p>
            ) : (
              <DataTable
                id="retention"
                caption="Retention by cohort"
                columns={columnsOf(retention)}
                rows={[allOf(retention), ...retention.cohorts]}
                rowKey={({ cohort }) => cohort}
                rowClass={({ cohort }) => (cohort === '' ? 'total' : '')}
              />
            )
          }
        </Part>
      </div>
    </section>
  );
}

/** All cohorts together, as a row like the others; its size is that of the cohorts shown. */
function allOf({ overall, cohorts }: Retention): Cohort {
  return {
    cohort: '',
    size: cohorts.reduce((sum, { size }) => sum + size, 0),
    cells: overall.map(({ since, rate }) => ({
      since,
      active: 0,
      rate: rate === null ? null : Number(rate),
      isComplete: true,
    })),
  };
}

function columnsOf({ period, overall }: Retention): Column<Cohort>[] {
  return [
    {
      key: 'cohort',
      head: period === 'week' ? 'Week from' : 'Month from',
      look: 'short',
      cell: ({ cohort }) => (cohort === '' ? 'All, weighted' : formatDate(cohort)),
    },
    { key: 'size', head: 'n', look: 'number', cell: ({ size }) => formatCount(size) },
    ...overall.map(({ since }): Column<Cohort> => ({
      key: `${since}`,
      head: since === 0 ? 'begun' : `+${since}`,
      look: 'number',
      cell: ({ cohort, cells }) => {
        const cell = cells.find((one) => one.since === since);
        if (cell === undefined) return '';
        const text = cohort === '' ? formatMetric('share', cell.rate, null) : rateText(cell);
        return <span class={`heat heat-${shadeOf(cell)}`}>{text}</span>;
      },
    })),
  ];
}
