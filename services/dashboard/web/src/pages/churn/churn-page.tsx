import type { JSX } from 'preact';
import type { Churn } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import { ReportFrame } from '../../report/report-frame.tsx';
import { type MetricByName, useMetrics } from '../../report/use-metrics.ts';
import { useReport } from '../../report/use-report.ts';
import { apiQuery, useSearch } from '../../report/use-search.ts';
import { BackTestSection } from './back-test-section.tsx';
import { BankSection } from './bank-section.tsx';
import { readChurnChoice } from './churn-choice.ts';
import { RiskSection } from './risk-section.tsx';
import { ValueSection } from './value-section.tsx';

const NO_METRICS: MetricByName = new Map();

/** Who may leave and why, how well that was foretold, what customers are worth; the bank's analyses. */
export function ChurnPage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readChurnChoice(search);
  const report = useReport<Churn>(`/api/churn${apiQuery(search, ['source'])}`);
  const metrics = useMetrics() ?? NO_METRICS;
  const { data } = report;
  return (
    <ReportFrame
      title="Churn and value"
      subtitle={`Customers of ${data?.source ?? ''}, and the bank’s`}
      report={report}
      controls={
        data === null ? null : (
          <ChoiceField
            label="Source"
            value={data.source}
            options={data.sources}
            onChoice={(source) => change({ source, decile: null, page: null })}
          />
        )
      }
    >
      {(churn) => (
        <>
          {churn.backTest === null ? null : (
            <RiskSection source={churn.source} currency={churn.currency} choice={choice} change={change} />
          )}
          <BackTestSection churn={churn} />
          <ValueSection churn={churn} />
          <BankSection metrics={metrics} />
        </>
      )}
    </ReportFrame>
  );
}
