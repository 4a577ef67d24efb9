import type { JSX } from 'preact';
import type { FileRecord, Files } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Pager } from '../../components/pager.tsx';
import { formatCount, formatInstant } from '../../format.ts';
import { useReport } from '../../report/use-report.ts';
import type { SearchChange } from '../../report/use-search.ts';
import { PAGE_SIZE, pageQuery, type QualityChoice } from './quality-choice.ts';

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
  const { data, failure } = useReport<Files>(`/api/quality/files?${pageQuery(choice.filesPage)}`);
  return (
    <section class="section" aria-labelledby="files-title">
      <div class="section-head">
        <h2 id="files-title">File ledger</h2>
        <p data-statuses>
          {data?.statuses.map(({ status, files }) => `${formatCount(files)} ${status}`).join(', ') ?? ''}
        </p>
      </div>
      <div class="card">
        {failure === null ? null : <p class="lead">{failure.message}</p>}
        {data === null ? null : data.total === 0 ? (
          <p class="lead" data-files="none">
            The loader has found no file yet.
          </p>
        ) : (
          <>
            <DataTable
              id="files"
              caption="Files and what became of them"
              columns={COLUMNS}
              rows={data.files}
              rowKey={({ dataset, name }) => `${dataset} ${name}`}
            />
            <Pager
              id="files"
              of="the file ledger"
              total={data.total}
              page={choice.filesPage}
              size={PAGE_SIZE}
              onPage={(page) => change({ files: page === 0 ? null : String(page) })}
            />
          </>
        )}
      </div>
    </section>
  );
}
