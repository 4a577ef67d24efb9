import type { JSX } from 'preact';
import type { EventContract, LandedContract, TableContract } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatInstant } from '../../format.ts';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { type ContractChoice, holds } from './contract-choice.ts';
import { Entry, PartSection } from './entry.tsx';

/** What comes in, as it is now: needs no publication. */
export function LandedSections({ choice: { part, text } }: { choice: ContractChoice }): JSX.Element {
  const report = useReport<LandedContract>('/api/contract/landed');
  return (
    <Part report={report}>
      {({ events, tables }) => (
        <>
          {part === null || part === 'events' ? <EventsSection events={events} text={text} /> : null}
          {part === null || part === 'captured tables' ? <TablesSection tables={tables} text={text} /> : null}
        </>
      )}
    </Part>
  );
}

const FIELDS: readonly Column<EventContract['fields'][number]>[] = [
  { key: 'name', head: 'Field', look: 'short', cell: ({ name }) => name },
  { key: 'type', head: 'Type', cell: ({ type }) => type },
  { key: 'required', head: 'Required', look: 'short', cell: ({ isRequired }) => (isRequired ? 'yes' : 'no') },
];

function EventsSection({ events, text }: { events: readonly EventContract[]; text: string }): JSX.Element {
  const found = events.filter(({ topic, title, fields }) =>
    holds([topic, title, ...fields.map(({ name }) => name)], text),
  );
  return (
    <PartSection
      id="events"
      title="Events"
      note="Messages of each topic, as collector and consumers check them"
      isEmpty={found.length === 0}
      text={text}
    >
      {found.map((event) => (
        <Entry
          key={event.topic}
          name={event.topic}
          note={`${event.title}, policy ${event.policyVersion}`}
          isSought={text !== ''}
        >
          {() => (
            <>
              <DataTable
                id={`event-${event.topic}`}
                caption={`Fields of ${event.topic}`}
                columns={FIELDS}
                rows={event.fields}
                rowKey={({ name }) => name}
              />
              <h4>JSON Schema</h4>
              <pre class="code" tabIndex={0} role="region" aria-label={`JSON Schema of ${event.topic}`}>
                {JSON.stringify(event.schema, null, 2)}
              </pre>
            </>
          )}
        </Entry>
      ))}
    </PartSection>
  );
}

const TABLE_COLUMNS: readonly Column<TableContract['columns'][number]>[] = [
  { key: 'name', head: 'Column', look: 'short', cell: ({ name }) => name },
  { key: 'type', head: 'Type', cell: ({ type }) => <code>{type}</code> },
  { key: 'key', head: 'Key', look: 'short', cell: ({ isKey }) => (isKey ? 'yes' : '–') },
  { key: 'null', head: 'May be null', look: 'short', cell: ({ isNullable }) => (isNullable ? 'yes' : 'no') },
];

const VERSIONS: readonly Column<TableContract['versions'][number]>[] = [
  { key: 'version', head: 'Version', look: 'number', cell: ({ version }) => version },
  { key: 'at', head: 'Since', look: 'short', cell: ({ at }) => <span data-built>{formatInstant(at)}</span> },
  { key: 'changes', head: 'What changed', cell: ({ changes }) => changes.join('; ') || 'first seen' },
];

function TablesSection({ tables, text }: { tables: readonly TableContract[]; text: string }): JSX.Element {
  const found = tables.filter(({ name, columns }) => holds([name, ...columns.map((column) => column.name)], text));
  return (
    <PartSection
      id="tables"
      title="Captured tables"
      note={`${formatCount(found.length)} of ${formatCount(tables.length)}; Postgres’ own columns, every change of which follows by itself`}
      isEmpty={found.length === 0}
      text={text}
    >
      {found.map((table) => (
        <Entry
          key={table.name}
          name={table.name}
          note={`${formatCount(table.columns.length)} columns, version ${table.versions.length}, topic ${table.topic}`}
          isSought={text !== ''}
        >
          {() => (
            <>
              <DataTable
                id={`table-${table.name}`}
                caption={`Columns of ${table.name}`}
                columns={TABLE_COLUMNS}
                rows={table.columns}
                rowKey={({ name }) => name}
              />
              <DataTable
                id={`versions-${table.name}`}
                caption={`Versions of ${table.name}`}
                columns={VERSIONS}
                rows={table.versions}
                rowKey={({ version }) => String(version)}
              />
            </>
          )}
        </Entry>
      ))}
    </PartSection>
  );
}
