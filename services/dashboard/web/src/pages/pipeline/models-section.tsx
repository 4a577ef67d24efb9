import type { JSX } from 'preact';
import type { BuiltModel, BuiltModels } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatDuration, formatInstant } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { pageParams } from '../../report/paging.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { type ChoiceProps, Section } from './section.tsx';

const COLUMNS: readonly Column<BuiltModel>[] = [
  { key: 'name', head: 'Model', cell: ({ name }) => name },
  { key: 'status', head: 'Last try', look: 'short', cell: ({ status }) => status },
  {
    key: 'built',
    head: 'Built',
    look: 'short',
    cell: ({ builtAt }) => (builtAt === null ? 'never' : formatInstant(builtAt)),
  },
  {
    key: 'took',
    head: 'Took',
    look: 'number',
    cell: ({ seconds }) => (seconds === null ? '–' : formatDuration(seconds * 1000)),
  },
  { key: 'build', head: 'By build', look: 'short', cell: ({ buildId }) => buildId ?? '–' },
];

/** The tables that builds make, each with when it was made last. */
export function ModelsSection({ choice, change }: ChoiceProps): JSX.Element {
  const query = new URLSearchParams(pageParams(choice.modelsPage)).toString();
  const report = useReport<BuiltModels>(`/api/pipeline/models?${query}`);
  return (
    <Section id="models" title="Models of the builds" about="Every table that dbt makes, and when it made it last">
      <Part report={report}>
        {({ models, total }) =>
          models.length === 0 ? (
            <p class="lead" data-models="none">
              No build has made a model yet.
            </p>
          ) : (
            <PagedTable
              id="models"
              caption="Models and when they were made"
              of="the models of the builds"
              columns={COLUMNS}
              rows={models}
              rowKey={({ name }) => name}
              rowClass={({ status }) => (status === 'success' ? '' : 'differs')}
              total={total}
              page={choice.modelsPage}
              change={change}
              param="models"
            />
          )
        }
      </Part>
    </Section>
  );
}
