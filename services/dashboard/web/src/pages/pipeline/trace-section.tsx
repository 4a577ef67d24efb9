import type { JSX } from 'preact';
import type { Trace, Traces } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatExact, formatInstant } from '../../format.ts';
import { LettersTable } from '../../report/letters-table.tsx';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { FindingsTable } from './findings-table.tsx';
import { type ChoiceProps, Section } from './section.tsx';
import { type StepRow, stepRows } from './trace-rows.ts';

const COLUMNS: readonly Column<StepRow>[] = [
  { key: 'hop', head: 'Hop', look: 'short', cell: ({ hop }) => hop },
  { key: 'at', head: 'At', look: 'short', cell: ({ at }) => (at === null ? '–' : formatExact(at)) },
  { key: 'after', head: 'After', look: 'number', cell: ({ after }) => after },
  { key: 'detail', head: 'Where', cell: ({ detail }) => detail },
];

/** The way of one id through every store. */
export function TraceSection({ choice, change }: ChoiceProps): JSX.Element {
  const onSubmit = (event: Event & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget).get('key');
    change({ key: typeof typed === 'string' ? typed.trim() : null });
  };
  return (
    <Section id="trace" title="Trace" about="The way of one event, order, customer, ticket or transaction, hop by hop">
      <form class="table-tools trace-form" role="search" onSubmit={onSubmit}>
        <label class="field grows">
          <span>Id</span>
          <input type="search" name="key" maxLength={200} required defaultValue={choice.key ?? ''} key={choice.key} />
        </label>
        <button type="submit" class="button">
          Trace
        </button>
      </form>
      {choice.key === null ? null : <Found id={choice.key} key={choice.key} />}
    </Section>
  );
}

function Found({ id }: { id: string }): JSX.Element {
  const query = new URLSearchParams({ id }).toString();
  // What is found costs more than a figure: only when asked for.
  const report = useReport<Traces>(`/api/pipeline/trace?${query}`, null);
  return (
    <Part report={report}>
      {(found) => (
        <>
          {found.warehouseProblem === null ? null : (
            <p class="lead" data-warehouse-problem>
              {found.warehouseProblem} What only it finds is missing here.
            </p>
          )}
          {isEmpty(found) ? <Nothing found={found} /> : null}
          {found.traces.map((trace) => (
            <TraceTable trace={trace} key={nameOf(trace)} />
          ))}
          {found.letters.length === 0 ? null : (
            <>
              <h3>Refused under this id</h3>
              <LettersTable caption={`Dead letters of ${id}`} letters={found.letters} />
            </>
          )}
          {found.findings.length === 0 ? null : (
            <>
              <h3>Found wrong under this id</h3>
              <FindingsTable id="trace-findings" caption={`Findings of ${id}`} findings={found.findings} />
            </>
          )}
        </>
      )}
    </Part>
  );
}

function isEmpty({ traces, letters, findings }: Traces): boolean {
  return traces.length + letters.length + findings.length === 0;
}

function Nothing({ found }: { found: Traces }): JSX.Element {
  return (
    <p class="lead" data-trace="none">
      No event, order or other captured row has the id “{found.id}”. What the warehouse does not hold yet is found here
      by the id of its order or row, and web events from {formatInstant(found.searchedFrom)} on;{' '}
      <code>npx ebb ledger trace {found.id}</code> goes through all of them.
    </p>
  );
}

function nameOf({ table, key }: Trace): string {
  const columns = Object.entries(key).map(([name, value]) => `${name} ${value}`);
  return `${table}: ${columns.join(', ')}`;
}

function TraceTable({ trace }: { trace: Trace }): JSX.Element {
  const name = nameOf(trace);
  return (
    <>
      <h3 data-trace={trace.table}>{name}</h3>
      <DataTable
        id={`trace-${trace.table}`}
        caption={name}
        columns={COLUMNS}
        rows={stepRows(trace.steps)}
        rowKey={({ place }) => String(place)}
      />
    </>
  );
}
