import type { ComponentChildren, JSX } from 'preact';
import type { Report } from './use-report.ts';

/**
 * A part of a page that asks the API by itself: its answer, dimmed while it is asked anew; why there is none, or no newer one; its shape while
 * the first is on its way.
 */
export function Part<T>({
  report,
  children,
}: {
  report: Report<T>;
  children: (data: T) => ComponentChildren;
}): JSX.Element {
  const { data, failure, isLoading } = report;
  return (
    <>
      {failure === null ? null : (
        <p class="lead" data-failure={failure.code}>
          {failure.message}
          {data === null ? '' : ' These are the last known figures.'}
        </p>
      )}
      {data === null ? (
        <Waiting isWaiting={failure === null} />
      ) : (
        <div class={isLoading ? 'dimmed' : ''} aria-busy={isLoading}>
          {children(data)}
        </div>
      )}
    </>
  );
}

function Waiting({ isWaiting }: { isWaiting: boolean }): JSX.Element | null {
  if (!isWaiting) return null;
  return (
    <p class="lead" aria-hidden="true" data-skeleton>
      <span class="skeleton">The figures are on their way</span>
    </p>
  );
}
