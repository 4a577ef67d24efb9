import type { JSX } from 'preact';
import type { Condition, Pipeline } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatInstant } from '../../format.ts';
import { Part } from '../../report/part.tsx';
import type { Report } from '../../report/use-report.ts';
import { Section } from './section.tsx';

const COLUMNS: readonly Column<Condition>[] = [
  { key: 'condition', head: 'Condition', look: 'short', cell: ({ condition }) => condition.replaceAll('_', ' ') },
  { key: 'subject', head: 'Of', look: 'short', cell: ({ subject }) => subject },
  { key: 'since', head: 'Since', look: 'short', cell: ({ since }) => (since === null ? '–' : formatInstant(since)) },
  { key: 'detail', head: 'What', cell: ({ detail }) => detail },
  { key: 'advice', head: 'What to do', cell: ({ advice }) => advice },
];

/** What is not as it should be, as `ebb alerts` tells it. */
export function ConditionsSection({ report }: { report: Report<Pipeline> }): JSX.Element {
  return (
    <Section id="conditions" title="Conditions" about="What should not be so, and what to do about it">
      <Part report={report}>
        {({ conditions }) =>
          conditions.length === 0 ? (
            <p class="lead" data-conditions="none">
              Nothing is late, at risk, refused in numbers or unchecked.
            </p>
          ) : (
            <DataTable
              id="conditions"
              caption="What should not be so"
              columns={COLUMNS}
              rows={conditions}
              rowKey={({ condition, subject }) => `${condition} ${subject}`}
            />
          )
        }
      </Part>
    </Section>
  );
}
