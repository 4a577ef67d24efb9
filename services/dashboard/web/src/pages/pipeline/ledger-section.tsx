import type { JSX } from 'preact';
import type { Findings, Ledger, LedgerCoverage, LedgerCycle } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDuration, formatInstant } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { pageParams } from '../../report/paging.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { FINDING_COLUMNS } from './findings-table.tsx';
import { FINDING_STATES } from './pipeline-choice.ts';
import { type ChoiceProps, Section } from './section.tsx';

const CYCLES: readonly Column<LedgerCycle>[] = [
  { key: 'at', head: 'Ended', look: 'short', cell: ({ finishedAt }) => formatInstant(finishedAt) },
  {
    key: 'took',
    head: 'Took',
    look: 'number',
    cell: ({ startedAt, finishedAt }) => formatDuration(Date.parse(finishedAt) - Date.parse(startedAt)),
  },
  { key: 'rows', head: 'Rows compared', look: 'number', cell: ({ rows }) => formatCount(rows) },
  { key: 'open', head: 'Open findings', look: 'number', cell: ({ openFindings }) => formatCount(openFindings) },
  {
    key: 'oldest',
    head: 'Oldest check',
    look: 'number',
    cell: ({ oldestUnverifiedSeconds: age }) => (age === null ? '–' : formatDuration(age * 1000)),
  },
  { key: 'problems', head: 'Not checked', cell: ({ problems }) => problems.join('; ') },
];

const COVERAGE: readonly Column<LedgerCoverage>[] = [
  { key: 'table', head: 'Table', cell: ({ table }) => table },
  { key: 'rows', head: 'Rows found equal', look: 'number', cell: ({ rows }) => formatCount(rows) },
  { key: 'ranges', head: 'Ranges', look: 'number', cell: ({ ranges }) => formatCount(ranges) },
  {
    key: 'oldest',
    head: 'Oldest check',
    look: 'short',
    cell: ({ oldestVerifiedAt: at }) => (at === null ? 'one was never found equal' : formatInstant(at)),
  },
];

/** What was compared between the stores, and what was found wrong. */
export function LedgerSection({ choice, change }: ChoiceProps): JSX.Element {
  const ledger = useReport<Ledger>('/api/pipeline/ledger');
  return (
    <Section id="ledger" title="Ledger" about={statesText(ledger.data)}>
      <Part report={ledger}>
        {({ cycles, coverage }) =>
          cycles.length === 0 ? (
            <p class="lead" data-cycles="none">
              No round of checks was finished yet. “ebb status” says whether the ledger runs.
            </p>
          ) : (
            <>
              <DataTable
                id="cycles"
                caption="Last rounds of checks"
                columns={CYCLES}
                rows={cycles}
                rowKey={({ startedAt }) => startedAt}
                rowClass={({ problems }) => (problems.length === 0 ? '' : 'differs')}
              />
              <DataTable
                id="coverage"
                caption="Rows found equal by table"
                columns={COVERAGE}
                rows={coverage}
                rowKey={({ table }) => table}
              />
            </>
          )
        }
      </Part>
      <FindingsPart choice={choice} change={change} />
    </Section>
  );
}

function statesText(ledger: Ledger | null): string {
  if (ledger === null) return '';
  const { open, repaired, closed } = ledger.states;
  return `Findings: ${formatCount(open)} open, ${formatCount(repaired)} repaired and not verified yet, ${formatCount(closed)} right again`;
}

function FindingsPart({ choice, change }: ChoiceProps): JSX.Element {
  const { state, findingsPage } = choice;
  const query = new URLSearchParams({ ...(state === null ? {} : { state }), ...pageParams(findingsPage) }).toString();
  const report = useReport<Findings>(`/api/pipeline/findings?${query}`);
  return (
    <>
      <div class="table-tools">
        <h3>Findings</h3>
        <ChoiceField
          label="State"
          value={state ?? ''}
          options={FINDING_STATES}
          none="all"
          onChoice={(next) => change({ state: next, findings: null })}
        />
      </div>
      <Part report={report}>
        {({ findings, total }) =>
          total === 0 ? (
            <p class="lead" data-findings="none">
              {state === null ? 'Nothing was ever found missing, altered or added.' : `No finding is ${state}.`}
            </p>
          ) : (
            <PagedTable
              id="findings"
              caption="Findings"
              of="the findings"
              columns={FINDING_COLUMNS}
              rows={findings}
              rowKey={({ id }) => id}
              total={total}
              page={findingsPage}
              change={change}
              param="findings"
            />
          )
        }
      </Part>
    </>
  );
}
