import type { JSX } from 'preact';
import type { MartsContract } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { ReportFrame } from '../../report/report-frame.tsx';
import { useReport } from '../../report/use-report.ts';
import { type SearchChange, useSearch } from '../../report/use-search.ts';
import { type ContractChoice, PARTS, readContractChoice } from './contract-choice.ts';
import { LandedSections } from './landed-sections.tsx';
import { MartsSection } from './marts-section.tsx';
import { MetricsSection } from './metrics-section.tsx';

/** What is promised of everything that comes in and is published; made from code and databases, never typed. */
export function ContractPage(): JSX.Element {
  const [search, change] = useSearch();
  const choice = readContractChoice(search);
  const report = useReport<MartsContract>('/api/contract/marts');
  const isShown = (part: ContractChoice['part']): boolean => choice.part === null || choice.part === part;
  return (
    <>
      <ReportFrame
        title="Data contract"
        subtitle="What every event, table and figure is; made from the code and the databases"
        report={report}
        controls={<Controls choice={choice} change={change} />}
      >
        {({ marts }) => (isShown('marts') ? <MartsSection marts={marts} text={choice.text} /> : null)}
      </ReportFrame>
      <LandedSections choice={choice} />
      {isShown('metrics') ? <MetricsSection text={choice.text} /> : null}
    </>
  );
}

function Controls(props: { choice: ContractChoice; change: (change: SearchChange) => void }): JSX.Element {
  const { choice, change } = props;
  return (
    <>
      <SearchField label="Name, column or meaning holds" value={choice.text} onChange={(text) => change({ text })} />
      <ChoiceField
        label="Part"
        value={choice.part ?? ''}
        options={PARTS}
        none="all"
        onChoice={(part) => change({ part })}
      />
      <a class="button" href="/api/contract.json" download>
        Download as JSON
      </a>
    </>
  );
}
