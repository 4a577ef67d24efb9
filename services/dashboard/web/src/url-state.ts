/** What the reader chose, kept in the address so that it can be shared, bookmarked and gone back to. */
export interface LiveChoice {
  readonly source: string | null;
  readonly currency: string | null;
  /** A business day, or null for today: then the page moves on at midnight by itself. */
  readonly date: string | null;
  readonly range: Range | null;
}

export const RANGES = ['15m', '1h', '6h', 'day'] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_MINUTES: Record<Exclude<Range, 'day'>, number> = { '15m': 15, '1h': 60, '6h': 360 };

export function readChoice(search: string): LiveChoice {
  const params = new URLSearchParams(search);
  const date = params.get('date');
  const range = params.get('range');
  return {
    source: params.get('source') || null,
    currency: params.get('currency') || null,
    date: date !== null && isDay(date) ? date : null,
    range: RANGES.find((known) => known === range) ?? null,
  };
}

export function writeChoice(choice: LiveChoice): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(choice)) if (value !== null) params.set(name, String(value));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** A calendar day that exists; 2026-02-30 does not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}
