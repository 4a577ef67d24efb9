import type { JSX } from 'preact';

export function Logo(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M5 13c3.7-4 7.3-4 11 0s7.3 4 11 0M5 21c3.7-4 7.3-4 11 0s7.3 4 11 0"
        fill="none"
        stroke="var(--on-accent)"
        stroke-width="2.6"
        stroke-linecap="round"
      />
    </svg>
  );
}

function Stroke({ d }: { d: string }): JSX.Element {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path d={d} fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

export const Previous = (): JSX.Element => <Stroke d="M12 4.5 6.5 10l5.5 5.5" />;
export const Next = (): JSX.Element => <Stroke d="M8 4.5 13.5 10 8 15.5" />;
export const Sun = (): JSX.Element => (
  <Stroke d="M10 6.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7M10 1.8v1.6M10 16.6v1.6M1.8 10h1.6M16.6 10h1.6M4.2 4.2l1.1 1.1M14.7 14.7l1.1 1.1M4.2 15.8l1.1-1.1M14.7 5.3l1.1-1.1" />
);
export const Moon = (): JSX.Element => <Stroke d="M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5" />;
export const Half = (): JSX.Element => <Stroke d="M10 2.8a7.2 7.2 0 1 0 0 14.4zM10 2.8a7.2 7.2 0 0 1 0 14.4" />;
