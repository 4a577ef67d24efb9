const PAGE_STEP = 15;

/** Where a key moves the time cursor: an index, null to take it away, undefined for any other key. */
export function cursorAfter(key: string, from: number, last: number): number | null | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -PAGE_STEP,
    PageUp: PAGE_STEP,
    Home: -Infinity,
    End: Infinity,
  };
  if (key === 'Escape') return null;
  const step = steps[key];
  return step === undefined ? undefined : Math.max(0, Math.min(last, from + step));
}
