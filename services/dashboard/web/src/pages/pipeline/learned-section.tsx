import type { JSX } from 'preact';
import type { LearnedModel, LearnedModels } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatDate, formatInstant } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { pageParams } from '../../report/paging.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { type ChoiceProps, Section } from './section.tsx';

const COLUMNS: readonly Column<LearnedModel>[] = [
  { key: 'kind', head: 'Of', look: 'short', cell: ({ kind }) => kind.replaceAll('_', ' ') },
  { key: 'source', head: 'Source', look: 'short', cell: ({ source }) => source },
  { key: 'role', head: 'Role', cell: roleText },
  { key: 'algorithm', head: 'By', look: 'short', cell: ({ algorithm }) => algorithm },
  { key: 'rows', head: 'Customers', look: 'number', cell: ({ rows }) => formatCount(rows) },
  { key: 'asOf', head: 'As of', look: 'short', cell: ({ asOf }) => formatDate(asOf) },
  { key: 'trained', head: 'Trained', look: 'short', cell: ({ trainedAt }) => formatInstant(trainedAt) },
  {
    key: 'promoted',
    head: 'Published',
    look: 'short',
    cell: ({ promotedAt }) => (promotedAt === null ? 'never' : formatInstant(promotedAt)),
  },
  { key: 'held', head: 'Held back for', cell: ({ heldReasons }) => heldReasons.join('; ') },
];

function roleText({ role }: LearnedModel): string {
  return role === 'champion' ? 'champion, what readers see' : role;
}

/** Models that were learned from customers, those that readers see first. */
export function LearnedSection({ choice, change }: ChoiceProps): JSX.Element {
  const query = new URLSearchParams(pageParams(choice.learnedPage)).toString();
  const report = useReport<LearnedModels>(`/api/pipeline/learned-models?${query}`);
  return (
    <Section
      id="learned"
      title="Learned models"
      about="What scores customers, when it was trained, and what is held back"
    >
      <Part report={report}>
        {({ models, total }) =>
          total === 0 ? (
            <p class="lead" data-learned="none">
              No model was trained yet.
            </p>
          ) : (
            <PagedTable
              id="learned"
              caption="Learned models and their roles"
              of="the learned models"
              columns={COLUMNS}
              rows={models}
              rowKey={({ id }) => id}
              total={total}
              page={choice.learnedPage}
              change={change}
              param="learned"
            />
          )
        }
      </Part>
    </Section>
  );
}
