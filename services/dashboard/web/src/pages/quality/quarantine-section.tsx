import type { JSX } from 'preact';
import type { Quarantine, Quarantined, RuleResult } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { including } from '../../components/including.ts';
import { Pager } from '../../components/pager.tsx';
import { formatDate } from '../../format.ts';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { PAGE_SIZE, pageQuery, type QualityChoice } from './quality-choice.ts';

const COLUMNS: readonly Column<Quarantined>[] = [
  { key: 'file', head: 'File', cell: ({ sourceFile }) => sourceFile },
  { key: 'line', head: 'Line', look: 'number', cell: ({ line }) => (line === 0 ? 'whole file' : line) },
  { key: 'day', head: 'Day', look: 'short', cell: ({ day }) => formatDate(day) },
  { key: 'rules', head: 'Rules', cell: ({ rules }) => rules.join(', ') },
  { key: 'detail', head: 'What it says', cell: ({ detail }) => detail },
];

/** What is kept out of silver, line by line, with every rule it breaks, and how it comes in after all. */
export function QuarantineSection(props: {
  rules: readonly RuleResult[];
  choice: QualityChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { rules, choice, change } = props;
  const query = pageQuery(choice.page, choice.rule === null ? {} : { rule: choice.rule });
  const { data, failure } = useReport<Quarantine>(`/api/quality/quarantine?${query}`);
  const names = rules.filter(({ broken }) => broken > 0).map(({ rule }) => rule);
  return (
    <section class="section" aria-labelledby="quarantine-title">
      <div class="section-head">
        <h2 id="quarantine-title">Quarantine</h2>
        <p>
          Corrected files come in by <code>npx ebb load</code>, then <code>npx ebb build</code>
        </p>
      </div>
      <div class="card">
        <label class="field table-tools">
          <span>Rule</span>
          <select
            value={choice.rule ?? ''}
            onChange={(event) => change({ rule: event.currentTarget.value, page: null })}
          >
            <option value="">any</option>
            {including(names, choice.rule ?? '').map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {failure === null ? null : <p class="lead">{failure.message}</p>}
        {data === null ? null : data.total === 0 ? (
          <p class="lead">Nothing is in quarantine{choice.rule === null ? '' : ` for “${choice.rule}”`}.</p>
        ) : (
          <>
            <DataTable
              id="quarantine"
              caption="Records in quarantine"
              columns={COLUMNS}
              rows={data.records}
              rowKey={({ sourceFile, line, kind }) => `${sourceFile} ${line} ${kind}`}
            />
            <Pager
              id="quarantine"
              of="the quarantine"
              total={data.total}
              page={choice.page}
              size={PAGE_SIZE}
              onPage={(page) => change({ page: page === 0 ? null : String(page) })}
            />
          </>
        )}
      </div>
    </section>
  );
}
