import type { JSX } from 'preact';
import type { Job, Jobs } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatDate, formatDuration, formatInstant } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { pageParams } from '../../report/paging.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { JOB_STATUSES } from './pipeline-choice.ts';
import { type ChoiceProps, Section } from './section.tsx';

const COLUMNS: readonly Column<Job>[] = [
  { key: 'id', head: 'No.', look: 'short', cell: ({ id }) => id },
  { key: 'kind', head: 'Job', look: 'short', cell: ({ kind }) => kind },
  { key: 'status', head: 'State', look: 'short', cell: ({ status }) => status },
  { key: 'asked', head: 'Asked for', look: 'short', cell: ({ requestedAt }) => formatInstant(requestedAt) },
  { key: 'took', head: 'Took', look: 'number', cell: tookText },
  {
    key: 'steps',
    head: 'Steps done',
    look: 'number',
    cell: ({ steps, stepsDone }) => (steps === 0 ? '–' : `${stepsDone} of ${steps}`),
  },
  {
    key: 'run',
    head: 'Scores',
    cell: ({ run }) => (run === null ? '' : `${run.source}, ${formatDate(run.asOf)}: ${run.state}`),
  },
  { key: 'figures', head: 'Figures, or why it failed', cell: outcomeText },
];

function tookText({ startedAt, finishedAt }: Job): string {
  if (startedAt === null || finishedAt === null) return '–';
  return formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
}

function outcomeText({ figures, error, attempts }: Job): string {
  const again = attempts > 1 ? ` (${formatCount(attempts)} attempts)` : '';
  if (error !== null) return `${error}${again}`;
  const told = Object.entries(figures).map(([name, value]) => `${name.replaceAll('_', ' ')} ${formatFigure(value)}`);
  return `${told.join(', ')}${again}`;
}

/** A figure of any kind: whole ones as counts, others with what matters of them. */
function formatFigure(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)));
}

/** Loads of files, runs of models, exports: what was asked for, and what became of it. */
export function JobsSection({ choice, change }: ChoiceProps): JSX.Element {
  const { kind, status, jobsPage } = choice;
  const query = new URLSearchParams({
    ...(kind === null ? {} : { kind }),
    ...(status === null ? {} : { status }),
    ...pageParams(jobsPage),
  }).toString();
  const report = useReport<Jobs>(`/api/pipeline/jobs?${query}`);
  return (
    <Section id="jobs" title="Job runs" about={kindsText(report.data)}>
      <div class="table-tools">
        <ChoiceField
          label="Job"
          value={kind ?? ''}
          options={report.data?.kinds.map((one) => one.kind) ?? []}
          none="all"
          onChoice={(next) => change({ kind: next, jobs: null })}
        />
        <ChoiceField
          label="State"
          value={status ?? ''}
          options={JOB_STATUSES}
          none="all"
          onChoice={(next) => change({ status: next, jobs: null })}
        />
      </div>
      <Part report={report}>
        {({ jobs, total }) =>
          total === 0 ? (
            <p class="lead" data-jobs="none">
              {kind === null && status === null ? 'No job was asked for yet.' : 'No job is like this.'}
            </p>
          ) : (
            <PagedTable
              id="jobs"
              caption="Jobs and what became of them"
              of="the job runs"
              columns={COLUMNS}
              rows={jobs}
              rowKey={({ id }) => id}
              rowClass={(job) => (job.status === 'failed' ? 'differs' : '')}
              total={total}
              page={jobsPage}
              change={change}
              param="jobs"
            />
          )
        }
      </Part>
    </Section>
  );
}

function kindsText(jobs: Jobs | null): string {
  if (jobs === null) return '';
  const told = jobs.kinds.map(({ kind, jobs: count, failed }) => {
    const bad = failed === 0 ? '' : `, ${formatCount(failed)} failed`;
    return `${kind} ${formatCount(count)}${bad}`;
  });
  return told.join('; ');
}
