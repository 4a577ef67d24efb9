import type { JSX } from 'preact';
import type { DeadLetter, DeadLetters } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount, formatInstant } from '../../format.ts';
import { useReport } from '../../report/use-report.ts';

type Reason = DeadLetters['reasons'][number];

const REASONS: readonly Column<Reason>[] = [
  { key: 'code', head: 'Reason', look: 'short', cell: ({ code }) => code },
  { key: 'service', head: 'Refused by', look: 'short', cell: ({ service }) => service },
  { key: 'letters', head: 'Letters', look: 'number', cell: ({ letters }) => formatCount(letters) },
  { key: 'open', head: 'Never replayed', look: 'number', cell: ({ notReplayed }) => formatCount(notReplayed) },
  {
    key: 'command',
    head: 'Replay all after the cause is mended',
    cell: ({ code }) => <code>npx ebb dlq replay --reason {code}</code>,
  },
];

const LETTERS: readonly Column<DeadLetter>[] = [
  { key: 'at', head: 'Failed at', look: 'short', cell: ({ failedAt }) => formatInstant(failedAt) },
  { key: 'code', head: 'Reason', look: 'short', cell: ({ code }) => code },
  { key: 'message', head: 'What is wrong', cell: ({ message }) => message },
  { key: 'bytes', head: 'Bytes', look: 'number', cell: ({ bytes }) => formatCount(bytes) },
  {
    key: 'replayed',
    head: 'Replayed',
    look: 'short',
    cell: ({ replayedAt }) => (replayedAt === null ? 'never' : formatInstant(replayedAt)),
  },
  { key: 'command', head: 'To see, and to replay', look: 'short', cell: ({ id }) => <Commands id={id} /> },
];

const NEWEST = 10;

/** Messages that could not be taken. Their contents are not on the page: a letter may hold anything. */
export function DeadLettersSection(): JSX.Element {
  const { data, failure } = useReport<DeadLetters>(`/api/quality/dead-letters?limit=${NEWEST}`);
  return (
    <section class="section" aria-labelledby="letters-title">
      <div class="section-head">
        <h2 id="letters-title">Dead letters</h2>
        <p>{data === null || data.letters.length === 0 ? '' : `By reason, and the newest ${data.letters.length}`}</p>
      </div>
      <div class="card">
        {failure === null ? null : <p class="lead">{failure.message}</p>}
        {data === null ? null : data.reasons.length === 0 ? (
          <p class="lead" data-letters="none">
            No message was refused.
          </p>
        ) : (
          <>
            <DataTable
              id="reasons"
              caption="Dead letters by reason"
              columns={REASONS}
              rows={data.reasons}
              rowKey={({ code, service }) => `${code} ${service}`}
            />
            <DataTable
              id="letters"
              caption="Newest dead letters"
              columns={LETTERS}
              rows={data.letters}
              rowKey={({ id }) => id}
            />
          </>
        )}
      </div>
    </section>
  );
}

function Commands({ id }: { id: string }): JSX.Element {
  return (
    <>
      <code>npx ebb dlq show {id}</code>
      <br />
      <code>npx ebb dlq replay {id}</code>
    </>
  );
}
