import type { JSX } from 'preact';

/** The page's shape while the first figures are on their way. */
export function Skeleton(): JSX.Element {
  return (
    <div class="board" aria-hidden="true" data-skeleton>
      <div class="card hero">
        <span class="skeleton">Total events</span>
      </div>
      {Array.from({ length: 6 }, (_, index) => (
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
