import type { JSX } from 'preact';
import type { FileRecord, Files } from '../../api-types.ts';
import type { Column } from '../../components/data-table.tsx';
import { formatCount, formatInstant } from '../../format.ts';
import { PagedTable } from '../../report/paged-table.tsx';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { filesQuery, type QualityChoice } from './quality-choice.ts';

const COLUMNS: readonly Column<FileRecord>[] = [
  { key: 'name', head: 'File', cell: ({ name }) => name },
  { key: 'dataset', head: 'Data set', look: 'short', cell: ({ dataset }) => dataset },
  { key: 'status', head: 'State', look: 'short', cell: ({ status }) => status },
  { key: 'rows', head: 'Rows', look: 'number', cell: ({ rows }) => formatCount(rows) },
  { key: 'rejected', head: 'Refused', look: 'number', cell: ({ rejected }) => formatCount(rejected) },
  {
    key: 'why',
    head: 'Why',
    cell: ({ rules, message }) => [...rules, message].filter((text) => text !== '').join('; '),
  },
  {
    key: 'at',
    head: 'Finished',
    look: 'short',
    cell: ({ finishedAt }) => (finishedAt === null ? 'not yet' : formatInstant(finishedAt)),
  },
];

/** What became of every file, those that need a person first. */
export function FilesSection(props: { choice: QualityChoice; change: (change: SearchChange) => void }): JSX.Element {
  const { choice, change } = props;
  const report = useReport<Files>(`/api/quality/files${filesQuery(choice)}`);
  return (
    <section class="section" aria-labelledby="files-title">
      <div class="section-head">
        <h2 id="files-title">File ledger</h2>
        <p data-statuses>
          {report.data?.statuses.map(({ status, files }) => `${formatCount(files)} ${status}`).join(', ') ?? ''}
        </p>
      </div>
      <div class="card">
        <Part report={report}>
          {(files) =>
            files.total === 0 ? (
              <p class="lead" data-files="none">
                The loader has found no file yet.
              </p>
            ) : (
              <PagedTable
                id="files"
                caption="Files and what became of them"
                columns={COLUMNS}
                rows={files.files}
                rowKey={({ dataset, name }) => `${dataset} ${name}`}
                of="the file ledger"
                total={files.total}
                page={choice.filesPage}
                change={change}
                param="files"
              />
            )
          }
        </Part>
      </div>
    </section>
  );
}
