import type { ComponentChildren, JSX } from 'preact';
import type { ReportHead } from '../api-types.ts';
import { formatCount, formatDate, formatDuration } from '../format.ts';
import { useNow } from '../hooks.ts';
import { type ReportStatus, reportStatus, type ReportStatusKind } from './report-status.ts';
import type { Report } from './use-report.ts';

const LOOK: Record<ReportStatusKind, string> = {
  loading: 'waiting',
  empty: 'waiting',
  failing: 'down',
  stale: 'stale',
  build_failed: 'stale',
  current: 'live',
};

/** The frame of a page made of published figures: title, controls, how much to trust the figures, and the figures. */
export function ReportFrame<T extends ReportHead>(props: {
  title: string;
  subtitle: string;
  report: Report<T>;
  controls?: ComponentChildren;
  children: (data: T) => ComponentChildren;
}): JSX.Element {
  const { title, subtitle, report, controls, children } = props;
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{title}</h1>
          <p>{report.data === null ? '\u00a0' : subtitle}</p>
        </div>
        <div class="controls">
          {report.data === null ? null : controls}
          <button type="button" class="button" disabled={report.isLoading} onClick={report.refresh}>
            Refresh
          </button>
        </div>
      </div>
      <ReportTrust report={report} />
      {report.data === null ? (
        <ReportSkeleton isLoading={report.failure === null} />
      ) : (
        <div
          class={report.isLoading ? 'dimmed' : ''}
          aria-busy={report.isLoading}
          data-publication={report.data.publication.id}
        >
          {children(report.data)}
        </div>
      )}
    </>
  );
}

/** How much to trust the figures. It follows the clock by itself: the figures need not be drawn every second. */
function ReportTrust({ report }: { report: Report<ReportHead> }): JSX.Element {
  const nowMs = useNow() + report.clockOffsetMs;
  const status = reportStatus(report, nowMs);
  return (
    <>
      <PublicationRow status={status} data={report.data} nowMs={nowMs} />
      <ReportNotice status={status} onRetry={report.refresh} />
    </>
  );
}

function PublicationRow(props: { status: ReportStatus; data: ReportHead | null; nowMs: number }): JSX.Element {
  const { status, data, nowMs } = props;
  return (
    <div class="status-row">
      <span class={`state ${LOOK[status.kind]}`} data-state={status.kind}>
        {status.label}
      </span>
      {data === null ? null : <Facts publication={data.publication} nowMs={nowMs} />}
      <span class="hidden" role="status">
        {status.label}. {status.detail}
      </span>
    </div>
  );
}

function Facts({ publication, nowMs }: { publication: ReportHead['publication']; nowMs: number }): JSX.Element {
  const { asOf, asOfRetail, builtAt, testsPassed, testsWarned } = publication;
  const warned = testsWarned === 0 ? '' : `, ${formatCount(testsWarned)} with a warning`;
  return (
    <>
      <span class="fact num">
        Data as of <b data-as-of>{formatDate(asOf)}</b>
      </span>
      {asOfRetail === null ? null : (
        <span class="fact num">
          Files up to <b data-as-of-retail>{formatDate(asOfRetail)}</b>
        </span>
      )}
      <span class="fact num">
        Tests{' '}
        <b data-tests>
          {formatCount(testsPassed)} passed{warned}
        </b>
      </span>
      <span class="fact num">
        Built <b data-built>{formatDuration(Math.max(0, nowMs - Date.parse(builtAt)))} ago</b>
      </span>
    </>
  );
}

function ReportNotice({ status, onRetry }: { status: ReportStatus; onRetry: () => void }): JSX.Element | null {
  if (status.detail === null) return null;
  const isBad = status.kind === 'failing';
  return (
    <div class={isBad ? 'notice bad' : 'notice warn'} data-notice={status.kind}>
      <h2>{status.label}</h2>
      <p>{status.detail}</p>
      <button type="button" class="button" onClick={onRetry}>
        Try now
      </button>
    </div>
  );
}

/** The page's shape while the first answer is on its way. */
function ReportSkeleton({ isLoading }: { isLoading: boolean }): JSX.Element | null {
  if (!isLoading) return null;
  return (
    <div class="board" aria-hidden="true" data-skeleton>
      {Array.from({ length: 8 }, (_, index) => (
        <div class="card tile" key={index}>
          <span class="skeleton">Figure</span>
          <p class="tile-value">
            <span class="skeleton">00,000</span>
          </p>
        </div>
      ))}
    </div>
  );
}
