import type { JSX } from 'preact';
import type { MetricValues, Segment } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Segments } from '../../components/segments.tsx';
import { Term } from '../../components/term.tsx';
import { formatCount } from '../../format.ts';
import { definitionOf, formatMetric, shareOf } from '../../report/metric-text.ts';
import type { MetricByName } from '../../report/use-metrics.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { CustomersTable } from './customers-table.tsx';
import { type SegmentsChoice, type View, VIEWS } from './segments-choice.ts';

const TITLES: Record<View, string> = {
  summary: 'Summary',
  monetary: 'Monetary',
  frequency: 'Frequency',
  recency: 'Recency',
  customers: 'Customers',
  recommendations: 'Recommendations',
};

/** Figures of the dictionary in each table. */
const METRICS: Record<Exclude<View, 'customers' | 'recommendations'>, readonly string[]> = {
  summary: ['retail_customers', 'retail_monetary', 'retail_avg_customer_value', 'retail_median_recency'],
  monetary: ['retail_customers', 'retail_monetary', 'retail_avg_customer_value', 'retail_median_monetary'],
  frequency: ['retail_customers', 'retail_avg_frequency', 'retail_median_frequency'],
  recency: ['retail_customers', 'retail_avg_recency', 'retail_median_recency'],
};
/** Of those, the ones whose parts make up a whole. */
const WITH_SHARE = new Set(['retail_customers', 'retail_monetary']);

interface Props {
  segments: readonly Segment[];
  all: MetricValues;
  currency: string | null;
  choice: SegmentsChoice;
  metrics: MetricByName;
  change: (change: SearchChange) => void;
}

/** The segments' tables, one at a time. */
export function SegmentViews(props: Props): JSX.Element {
  const { choice, change } = props;
  return (
    <section class="section" aria-labelledby="views-title">
      <div class="section-head">
        <h2 id="views-title">{TITLES[choice.view]}</h2>
      </div>
      <div class="views">
        <Segments
          legend="What is shown of the segments"
          value={choice.view}
          options={VIEWS.map((value) => ({ value, label: TITLES[value] }))}
          onChange={(view) => change({ view: view === 'summary' ? null : view, page: null })}
        />
      </div>
      <div class="card" data-view={choice.view}>
        <ViewBody {...props} />
      </div>
    </section>
  );
}

function ViewBody(props: Props): JSX.Element {
  const { segments, choice, change, currency } = props;
  if (choice.view === 'customers') {
    return <CustomersTable choice={choice} change={change} currency={currency} />;
  }
  if (segments.length === 0) return <p class="lead">No segment has as many customers.</p>;
  const columns =
    choice.view === 'recommendations' ? recommendationColumns() : metricColumns(props, METRICS[choice.view]);
  return (
    <DataTable
      id={choice.view}
      caption={`Segments: ${TITLES[choice.view]}`}
      columns={columns}
      rows={segments}
      rowKey={({ segment }) => segment}
    />
  );
}

function recommendationColumns(): Column<Segment>[] {
  return [
    { key: 'segment', head: 'Segment', look: 'short', cell: ({ segment }) => segment },
    {
      key: 'customers',
      head: 'n',
      look: 'number',
      cell: ({ values }) => formatCount(Number(values['retail_customers'] ?? 0)),
    },
    { key: 'recommendation', head: 'What to do', cell: ({ recommendation }) => recommendation },
  ];
}

function metricColumns({ all, currency, metrics }: Props, names: readonly string[]): Column<Segment>[] {
  return [
    { key: 'segment', head: 'Segment', look: 'short', cell: ({ segment }) => segment },
    ...names.flatMap((name): Column<Segment>[] => {
      const metric = metrics.get(name);
      const value: Column<Segment> = {
        key: name,
        head: <Term kpi={definitionOf(metric)} label={metric?.title ?? name} />,
        look: 'number',
        cell: ({ values }) => formatMetric(metric?.unit ?? 'count', values[name], currency),
      };
      if (!WITH_SHARE.has(name)) return [value];
      const share: Column<Segment> = {
        key: `${name} share`,
        head: 'Share',
        look: 'number',
        cell: ({ values }) => shareOf(values[name], all[name]),
      };
      return [value, share];
    }),
  ];
}
