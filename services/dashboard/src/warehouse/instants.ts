/** A DateTime64 in UTC as ClickHouse writes it, `2026-11-21 10:00:00.123`, as ISO 8601. */
export function isoOf(text: string): string {
  return `${text.replace(' ', 'T')}Z`;
}
