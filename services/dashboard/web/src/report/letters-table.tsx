import type { JSX } from 'preact';
import type { DeadLetter } from '../api-types.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { formatCount, formatInstant } from '../format.ts';

const COLUMNS: readonly Column<DeadLetter>[] = [
  { key: 'at', head: 'Failed at', look: 'short', cell: ({ failedAt }) => formatInstant(failedAt) },
  { key: 'code', head: 'Reason', look: 'short', cell: ({ code }) => code },
  { key: 'message', head: 'What is wrong', cell: ({ message }) => message },
  { key: 'position', head: 'Read at', look: 'short', cell: positionText },
  { key: 'bytes', head: 'Bytes', look: 'number', cell: ({ bytes }) => formatCount(bytes) },
  {
    key: 'replayed',
    head: 'Replayed',
    look: 'short',
    cell: ({ replayedAt }) => (replayedAt === null ? 'never' : formatInstant(replayedAt)),
  },
  { key: 'command', head: 'To see, and to replay', look: 'short', cell: ({ id }) => <Commands id={id} /> },
];

/** Messages that could not be taken. Their contents are not on any page: a letter may hold anything. */
export function LettersTable(props: { caption: string; letters: readonly DeadLetter[] }): JSX.Element {
  return (
    <DataTable id="letters" caption={props.caption} columns={COLUMNS} rows={props.letters} rowKey={({ id }) => id} />
  );
}

function positionText({ position, service }: DeadLetter): string {
  return position === null ? service : `${position.topic}/${position.partition} offset ${position.offset}`;
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
