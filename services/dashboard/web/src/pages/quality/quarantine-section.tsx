import type { JSX } from 'preact';
import type { Quarantine, Quarantined } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import type { Column } from '../../components/data-table.tsx';
import { formatDate } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { type QualityChoice, quarantineQuery } from './quality-choice.ts';

const COLUMNS: readonly Column<Quarantined>[] = [
  { key: 'file', head: 'File', cell: ({ sourceFile }) => sourceFile },
  { key: 'line', head: 'Line', look: 'number', cell: ({ line }) => (line === 0 ? 'whole file' : line) },
  { key: 'day', head: 'Day', look: 'short', cell: ({ day }) => formatDate(day) },
  { key: 'rules', head: 'Rules', cell: ({ rules }) => rules.join(', ') },
  { key: 'detail', head: 'What it says', cell: ({ detail }) => detail },
];

/** What is kept out of silver, line by line, with every rule it breaks, and how it comes in after all. */
export function QuarantineSection(props: {
  choice: QualityChoice;
  change: (change: SearchChange) => void;
}): JSX.Element {
  const { choice, change } = props;
  const report = useReport<Quarantine>(`/api/quality/quarantine${quarantineQuery(choice)}`);
  return (
    <section class="section" aria-labelledby="quarantine-title">
      <div class="section-head">
        <h2 id="quarantine-title">Quarantine</h2>
        <p>
          Corrected files come in by <code>npx ebb load</code>, then <code>npx ebb build</code>
        </p>
      </div>
      <div class="card">
        <div class="table-tools">
          <ChoiceField
            label="Rule"
            value={choice.rule ?? ''}
            options={report.data?.rules ?? []}
            none="any"
            onChoice={(rule) => change({ rule, page: null })}
          />
        </div>
        <Part report={report}>
          {(quarantine) =>
            quarantine.total === 0 ? (
              <p class="lead">Nothing is in quarantine{choice.rule === null ? '' : ` for “${choice.rule}”`}.</p>
            ) : (
              <PagedTable
                id="quarantine"
                caption="Records in quarantine"
                columns={COLUMNS}
                rows={quarantine.records}
                rowKey={({ sourceFile, line, kind }) => `${sourceFile} ${line} ${kind}`}
                of="the quarantine"
                total={quarantine.total}
                page={choice.page}
                change={change}
              />
            )
          }
        </Part>
      </div>
    </section>
  );
}
