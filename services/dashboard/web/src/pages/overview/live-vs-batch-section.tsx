import type { JSX } from 'preact';
import type { ComparedFigure, LiveVsBatch, Overview } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Term } from '../../components/term.tsx';
import { formatCount, formatDate } from '../../format.ts';
import { definitionOf, formatMetric } from '../../report/metric-text.ts';
import type { MetricByName } from '../../report/use-metrics.ts';

const STATES: Record<ComparedFigure['state'], string> = {
  equal: 'equal',
  moving: 'moving: events or orders are in one of the two only, so far',
  differs: 'differs without a reason: a fault',
};

/** The live figures and those of the build at the same moment, to the cent, the user and the session. */
export function LiveVsBatchSection({ overview, metrics }: { overview: Overview; metrics: MetricByName }): JSX.Element {
  const compared = overview.liveVsBatch;
  return (
    <section class="section" aria-labelledby="live-title">
      <div class="section-head">
        <h2 id="live-title">Live against batch</h2>
        <p>{compared === null ? '' : `Day figures of “${overview.source}” as the build began`}</p>
      </div>
      <div class="card">
        {compared === null ? (
          <p class="lead" data-comparison="none">
            No live figures of “{overview.source}” were at hand when this build compared them: the ledger copies them,
            and keeps them for two hours.
          </p>
        ) : (
          <>
            <p class="lead" data-comparison={compared.differs === 0 ? 'agrees' : 'differs'}>
              {verdictOf(compared)}
            </p>
            <DataTable
              id="live-vs-batch"
              caption="Live figures against batch"
              columns={columnsOf(metrics)}
              rows={compared.figures}
              rowKey={(row) => `${row.kpi} ${row.day} ${row.currency} ${row.metric}`}
              rowClass={(row) => row.state}
            />
          </>
        )}
      </div>
    </section>
  );
}

function verdictOf({ equal, moving, differs }: LiveVsBatch): string {
  const all = equal + moving + differs;
  const agree = `${formatCount(equal)} of ${formatCount(all)} figures of all days are equal`;
  const move = moving === 0 ? '' : `, ${formatCount(moving)} are moving`;
  const fault = differs === 0 ? '' : `, ${formatCount(differs)} differ, which is a fault that the ledger reports`;
  return `${agree}${move}${fault}.`;
}

function columnsOf(metrics: MetricByName): Column<ComparedFigure>[] {
  // A few counts of the comparison are no metrics of the dictionary: they are shown under their own names.
  const text = (row: ComparedFigure, value: string | null): string =>
    formatMetric(metrics.get(row.metric)?.unit ?? 'count', value, row.currency === '' ? null : row.currency);
  return [
    {
      key: 'metric',
      head: 'Figure',
      cell: (row) => (
        <Term kpi={definitionOf(metrics.get(row.metric))} label={metrics.get(row.metric)?.title ?? row.metric} />
      ),
    },
    { key: 'day', head: 'Day', look: 'short', cell: (row) => formatDate(row.day) },
    { key: 'live', head: 'Live', look: 'number', cell: (row) => text(row, row.live) },
    { key: 'batch', head: 'Batch', look: 'number', cell: (row) => text(row, row.batch) },
    { key: 'difference', head: 'Difference', look: 'number', cell: (row) => text(row, row.difference) },
    { key: 'state', head: 'State', look: 'short', cell: (row) => STATES[row.state] },
  ];
}
