import type { Recent, RecentEvent, RecentKind } from '../api/recent-schema.ts';
import type { RecentLook } from './recent-events.ts';

export interface RecentFilter {
  readonly kind: RecentKind | null;
  readonly source: string | null;
  readonly type: string | null;
}

/** What a reader asked for of a look: events and refused messages, the newest first, so many of each at most. */
export function chooseRecent(look: RecentLook, filter: RecentFilter, limit: number): Omit<Recent, 'serverTime'> {
  const { kind, source, type } = filter;
  const all = [...look.website, ...look.purchases].toSorted(newestFirst);
  const ofKind = all.filter((event) => kind === null || event.kind === kind);
  const events = ofKind.filter(
    (event) => (source === null || event.source === source) && (type === null || event.type === type),
  );
  const letters = look.letters.filter(
    (letter) => (kind === null || letter.kind === kind) && (source === null || letter.source === source),
  );
  return {
    lookedAt: new Date(look.atMs).toISOString(),
    looked: { website: look.website.length, purchase: look.purchases.length, letters: look.letters.length },
    sources: distinct([...all, ...look.letters].map((one) => one.source)),
    types: distinct(ofKind.map((event) => event.type)),
    events: events.slice(0, limit),
    letters: letters.slice(0, limit),
  };
}

function newestFirst(a: RecentEvent, b: RecentEvent): number {
  return Date.parse(b.receivedAt) - Date.parse(a.receivedAt);
}

function distinct(texts: readonly (string | null)[]): string[] {
  return [...new Set(texts)].filter((text) => text !== null).toSorted();
}
