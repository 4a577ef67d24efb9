import type { JSX } from 'preact';
import { formatCount } from '../format.ts';
import { Next, Previous } from './icons.tsx';

/** Which part of a list is shown, and the way to its neighbours. `page` counts from 0. */
export function Pager(props: {
  id: string;
  /** What the list holds, for readers who only hear the buttons. */
  of: string;
  total: number;
  page: number;
  size: number;
  onPage: (page: number) => void;
}): JSX.Element {
  const { id, of, total, page, size, onPage } = props;
  const first = Math.min(total, page * size + 1);
  const last = Math.min(total, (page + 1) * size);
  return (
    <div class="pager num">
      <button
        type="button"
        class="button"
        aria-label={`Previous page of ${of}`}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        <Previous />
      </button>
      <span data-pager={id} role="status">
        {formatCount(first)} to {formatCount(last)} of {formatCount(total)}
      </span>
      <button
        type="button"
        class="button"
        aria-label={`Next page of ${of}`}
        disabled={last >= total}
        onClick={() => onPage(page + 1)}
      >
        <Next />
      </button>
    </div>
  );
}
