import type { JSX } from 'preact';
import type { DeadLetters } from '../../api-types.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatCount } from '../../format.ts';
import { LettersTable } from '../../report/letters-table.tsx';
import { Part } from '../../report/part.tsx';
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

const NEWEST = 10;

/** Messages that could not be taken. Their contents are not on the page: a letter may hold anything. */
export function DeadLettersSection(): JSX.Element {
  const report = useReport<DeadLetters>(`/api/quality/dead-letters?limit=${NEWEST}`);
  const newest = report.data?.letters.length ?? 0;
  return (
    <section class="section" aria-labelledby="letters-title">
      <div class="section-head">
        <h2 id="letters-title">Dead letters</h2>
        <p>{newest === 0 ? '' : `By reason, and the newest ${newest}`}</p>
      </div>
      <div class="card">
        <Part report={report}>
          {(letters) =>
            letters.reasons.length === 0 ? (
              <p class="lead" data-letters="none">
                No message was refused.
              </p>
            ) : (
              <>
                <DataTable
                  id="reasons"
                  caption="Dead letters by reason"
                  columns={REASONS}
                  rows={letters.reasons}
                  rowKey={({ code, service }) => `${code} ${service}`}
                />
                <LettersTable caption="Newest dead letters" letters={letters.letters} />
              </>
            )
          }
        </Part>
      </div>
    </section>
  );
}
