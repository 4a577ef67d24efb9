import type { JSX } from 'preact';
import type { Build, Builds } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatDate, formatDuration, formatInstant } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { pageParams } from '../../report/paging.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { type ChoiceProps, Section } from './section.tsx';

function columnsOf(current: string | null): Column<Build>[] {
  return [
    { key: 'id', head: 'Build', look: 'short', cell: ({ id }) => id },
    {
      key: 'state',
      head: 'State',
      cell: ({ id, state }) => (id === current ? 'published, what readers see' : state),
    },
    { key: 'asOf', head: 'As of', look: 'short', cell: ({ asOf }) => formatDate(asOf) },
    { key: 'began', head: 'Began', look: 'short', cell: ({ startedAt }) => formatInstant(startedAt) },
    { key: 'took', head: 'Took', look: 'number', cell: tookText },
    { key: 'models', head: 'Models', look: 'number', cell: ({ models }) => formatCount(models) },
    { key: 'passed', head: 'Tests passed', look: 'number', cell: ({ testsPassed }) => formatCount(testsPassed) },
    { key: 'warned', head: 'With a warning', look: 'number', cell: ({ testsWarned }) => formatCount(testsWarned) },
    { key: 'why', head: 'Why it failed', cell: (build) => <Why build={build} /> },
  ];
}

function tookText({ state, startedAt, builtAt }: Build): string {
  return state === 'building' ? '–' : formatDuration(Date.parse(builtAt) - Date.parse(startedAt));
}

function Why({ build: { reason, failures } }: { build: Build }): JSX.Element {
  return (
    <>
      {reason}
      {failures.map(({ node, message }) => (
        <div key={node}>
          <code>{node}</code> {message}
        </div>
      ))}
    </>
  );
}

/** Builds of the batch layers, the failed ones as well. */
export function BuildsSection({ choice, change }: ChoiceProps): JSX.Element {
  const query = new URLSearchParams(pageParams(choice.buildsPage)).toString();
  const report = useReport<Builds>(`/api/pipeline/builds?${query}`);
  return (
    <Section id="builds" title="Publications and builds" about="Every build of the batch layers, published or not">
      <Part report={report}>
        {({ builds, current, total }) =>
          total === 0 ? (
            <p class="lead" data-builds="none">
              Nothing was built yet; “ebb build” makes the first build.
            </p>
          ) : (
            <PagedTable
              id="builds"
              caption="Builds"
              of="the builds"
              columns={columnsOf(current)}
              rows={builds}
              rowKey={({ id }) => id}
              rowClass={({ state }) => (state === 'failed' ? 'differs' : '')}
              total={total}
              page={choice.buildsPage}
              change={change}
              param="builds"
            />
          )
        }
      </Part>
    </Section>
  );
}
