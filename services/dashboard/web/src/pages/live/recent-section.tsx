import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Recent, RecentEvent } from '../../api-types.ts';
import { ChoiceField } from '../../components/choice-field.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatDuration, formatExact } from '../../format.ts';
import { LettersTable } from '../../report/letters-table.tsx';
import { Part } from '../../report/part.tsx';
import { useReport } from '../../report/use-report.ts';
import { tracePath } from '../pipeline/pipeline-choice.ts';
import { aboutText } from './recent-text.ts';

const COLUMNS: readonly Column<RecentEvent>[] = [
  { key: 'received', head: 'Received (UTC)', look: 'short', cell: ({ receivedAt }) => formatExact(receivedAt) },
  { key: 'source', head: 'Source', look: 'short', cell: ({ source }) => source },
  { key: 'type', head: 'Event', look: 'short', cell: ({ type }) => type.replaceAll('_', ' ') },
  { key: 'about', head: 'About', cell: aboutText },
  {
    key: 'stored',
    head: 'Stored after',
    look: 'number',
    cell: ({ receivedAt, storedAt }) => formatDuration(Math.max(0, Date.parse(storedAt) - Date.parse(receivedAt))),
  },
  {
    key: 'position',
    head: 'Read at',
    look: 'short',
    cell: ({ topic, partition, offset }) => `${topic}/${partition} offset ${offset}`,
  },
  { key: 'way', head: 'Its way', look: 'short', cell: (event) => <Way event={event} /> },
];

/** Of a document by the order's id: the way of each of its events stands there, also before the warehouse has them. */
function Way({ event: { kind, eventId, order } }: { event: RecentEvent }): JSX.Element {
  const id = kind === 'purchase' && order !== null ? order : eventId;
  return <a href={tracePath(id)}>{id}</a>;
}

/** How often the newest are asked for while nobody pauses. */
const WATCHED_MS = 3_000;
const SHOWN = 12;
const EVERYTHING = { kind: '', source: '', type: '' };

/** What was stored and what was refused last, whatever source and day the figures above are of. */
export function RecentSection(): JSX.Element {
  const [filter, setFilter] = useState(EVERYTHING);
  const [isPaused, setPaused] = useState(false);
  const query = new URLSearchParams({ ...filter, limit: String(SHOWN) }).toString();
  const report = useReport<Recent>(`/api/live/recent?${query}`, isPaused ? null : WATCHED_MS);
  return (
    <section class="section" aria-labelledby="recent-title" data-section="recent">
      <div class="section-head">
        <h2 id="recent-title">Last events</h2>
        <p>{lookedText(report.data)}</p>
      </div>
      <div class="card wordy">
        <div class="table-tools">
          <Filters recent={report.data} filter={filter} onFilter={setFilter} />
          <div class="controls">
            <button type="button" class="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
              Pause
            </button>
            <button type="button" class="button" disabled={report.isLoading} onClick={report.refresh}>
              Refresh
            </button>
          </div>
        </div>
        <Part report={report}>{(recent) => <Newest recent={recent} />}</Part>
      </div>
    </section>
  );
}

function lookedText(recent: Recent | null): string {
  if (recent === null) return '';
  const { website, purchase, letters } = recent.looked;
  const looked = `${formatCount(website)} website events, ${formatCount(purchase)} of orders, ${formatCount(letters)} refused messages`;
  return `Of the newest ${looked}, all sources together; as of ${formatExact(recent.lookedAt).slice(0, -4)} UTC`;
}

function Filters(props: {
  recent: Recent | null;
  filter: typeof EVERYTHING;
  onFilter: (filter: typeof EVERYTHING) => void;
}): JSX.Element {
  const { recent, filter, onFilter } = props;
  return (
    <div class="controls">
      <ChoiceField
        label="Of"
        value={filter.kind}
        options={['website', 'purchase']}
        none="website and orders"
        onChoice={(kind) => onFilter({ ...filter, kind, type: '' })}
      />
      <ChoiceField
        label="From source"
        value={filter.source}
        options={recent?.sources ?? []}
        none="all"
        onChoice={(source) => onFilter({ ...filter, source })}
      />
      <ChoiceField
        label="Event"
        value={filter.type}
        options={recent?.types ?? []}
        none="all"
        onChoice={(type) => onFilter({ ...filter, type })}
      />
    </div>
  );
}

function Newest({ recent }: { recent: Recent }): JSX.Element {
  return (
    <>
      {recent.events.length === 0 ? (
        <p class="lead" data-recent="none">
          {recent.looked.website + recent.looked.purchase === 0
            ? 'No event was stored yet.'
            : 'None of the newest events is like this.'}
        </p>
      ) : (
        <DataTable
          id="recent"
          caption="Newest stored events"
          columns={COLUMNS}
          rows={recent.events}
          rowKey={({ topic, partition, offset }) => `${topic} ${partition} ${offset}`}
        />
      )}
      <p class="lead">
        Left out: who it was (users, sessions, addresses), words that were searched for, where they came from,
        everything free-form, and of a page all but its path.
      </p>
      <h3>Refused</h3>
      {recent.letters.length === 0 ? (
        <p class="lead" data-recent-letters="none">
          {recent.looked.letters === 0
            ? 'No message was refused.'
            : 'None of the newest refused messages is like this.'}
        </p>
      ) : (
        <LettersTable caption="Newest refused messages" letters={recent.letters} />
      )}
    </>
  );
}
