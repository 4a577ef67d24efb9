import type { JSX } from 'preact';
import type { LiveStatus } from '../../live-status.ts';

/** A visible explanation whenever the figures are not what they should be. */
export function StatusNotice(props: {
  status: LiveStatus;
  optionsError: string | null;
  onRetry: () => void;
}): JSX.Element | null {
  const { status, optionsError, onRetry } = props;
  if (optionsError !== null) {
    return (
      <div class="notice bad" data-notice="error">
        <h2>The dashboard cannot be loaded</h2>
        <p>{optionsError}</p>
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (status.detail === null) return null;
  const isBad = status.kind !== 'stale';
  return (
    <div class={isBad ? 'notice bad' : 'notice warn'} data-notice={status.kind}>
      <h2>{status.label}</h2>
      <p>{status.detail}</p>
      {isBad ? (
        <button type="button" class="button" onClick={onRetry}>
          Try now
        </button>
      ) : null}
    </div>
  );
}
