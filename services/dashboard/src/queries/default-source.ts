import { DEFAULT_SOURCE } from '@ebb/contracts';

/** The source of a reader who chose none: the live shop where it is known, else the first. */
export function sourceAmong(sources: readonly string[]): string {
  return sources.includes(DEFAULT_SOURCE) ? DEFAULT_SOURCE : (sources[0] ?? DEFAULT_SOURCE);
}
