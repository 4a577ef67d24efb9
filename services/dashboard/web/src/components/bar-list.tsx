import type { JSX } from 'preact';

export interface Bar {
  readonly label: string;
  /** Length against the longest bar. */
  readonly value: number;
  readonly text: string;
  readonly note: string;
}

/** Bars with their numbers beside them; the list is read without the bars. */
export function BarList({ id, label, bars }: { id: string; label: string; bars: readonly Bar[] }): JSX.Element {
  const longest = Math.max(0, ...bars.map(({ value }) => value));
  return (
    <ul class="bars num" aria-label={label} data-bars={id}>
      {bars.map((bar) => (
        <li key={bar.label} data-bar={bar.label}>
          <span class="bar-label">{bar.label}</span>
          <span class="bar-text">{bar.text}</span>
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="6" />
            <rect class="level" width={longest > 0 ? (100 * Math.max(0, bar.value)) / longest : 0} height="6" />
          </svg>
          <span class="bar-note">{bar.note}</span>
        </li>
      ))}
    </ul>
  );
}
