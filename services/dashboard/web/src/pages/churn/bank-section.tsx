import type { JSX } from 'preact';
import type { Analysis, Bank } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { MetricTile } from '../../report/metric-tile.tsx';
import { Part } from '../../report/part.tsx';
import type { MetricByName } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import { cellText } from './cell-text.ts';

/** The bank's row of figures and its eight analyses. */
export function BankSection({ metrics }: { metrics: MetricByName }): JSX.Element {
  const report = useReport<Bank>('/api/churn/bank');
  return (
    <section class="section" aria-labelledby="bank-title">
      <div class="section-head">
        <h2 id="bank-title">The bank</h2>
        <p>{report.data === null ? '' : `n = ${report.data.customers} customers; a rate of too few is not shown`}</p>
      </div>
      <Part report={report}>
        {(bank) =>
          bank.customers === 0 ? (
            <p class="lead" data-bank="none">
              No record of a bank has been built yet: <code>npx ebb load-fixture bank</code>, then{' '}
              <code>npx ebb build</code>.
            </p>
          ) : (
            <>
              <ul class="tiles">
                {Object.keys(bank.values).map((name) => (
                  <MetricTile key={name} name={name} values={bank.values} metrics={metrics} currency={null} />
                ))}
              </ul>
              {bank.analyses.map((analysis) => (
                <AnalysisCard key={analysis.analysis} analysis={analysis} />
              ))}
            </>
          )
        }
      </Part>
    </section>
  );
}

function AnalysisCard({ analysis }: { analysis: Analysis }): JSX.Element {
  const { title, insight, recommendation, verdict, rows } = analysis;
  return (
    <div class="card analysis" data-analysis={analysis.analysis} data-verdict={verdict}>
      <h3>
        {analysis.analysis}. {title}
      </h3>
      <p class="lead">
        {insight} <b>{recommendation}</b>
      </p>
      <DataTable
        id={`analysis-${analysis.analysis}`}
        caption={title}
        columns={columnsOf(analysis)}
        rows={rows}
        rowKey={(row) => row.slice(0, 2).join(' ')}
      />
    </div>
  );
}

function columnsOf({ columns }: Analysis): Column<Analysis['rows'][number]>[] {
  return columns.map(({ title, unit }, index) => ({
    key: title,
    head: title,
    look: unit === 'text' || unit === 'day' ? ('short' as const) : ('number' as const),
    cell: (row) => cellText(unit, row[index] ?? null),
  }));
}
